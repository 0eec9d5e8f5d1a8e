"""Shared by the cocotb tests: vectors, clock and reset, one cycle at a time, pipelines.

A test drives the inputs of a cycle and sees the outputs of the same cycle, as in a waveform: a
register shows after 1 cycle, a pipeline of latency n shows in cycle c + n what went in in cycle c.
"""

import json
import os
import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly, Timer

PERIOD_NS = 10
SETTLE_NS = 1


def vectors():
    """What the vitest side passed as `vectors`."""
    with open(os.environ["DELTASCOPE_VECTORS"]) as file:
        return json.load(file)


def generator() -> random.Random:
    """Draws that depend on the printed seed only."""
    return random.Random(cocotb.RANDOM_SEED)


def parameter(dut, name: str) -> int:
    return getattr(dut, name).value.to_signed()


def bits(signal, value: int) -> int:
    """The value as the signal holds it: two's complement, unsigned."""
    return value & ((1 << len(signal)) - 1)


def read(signal) -> int:
    return int(signal.value)


def pack(values: list[int], width: int) -> int:
    """Words of `width` bits side by side, the first one lowest."""
    mask = (1 << width) - 1
    return sum((value & mask) << (index * width) for index, value in enumerate(values))


def unpack(word: int, width: int, count: int) -> list[int]:
    """Signed words of `width` bits, the lowest first."""
    sign = 1 << (width - 1)
    mask = (1 << width) - 1
    return [(((word >> (i * width)) & mask) ^ sign) - sign for i in range(count)]


def anything(dut, rng: random.Random, *names: str) -> dict[str, int]:
    """For `cycle`: inputs that nobody may look at now."""
    return {name: rng.getrandbits(len(getattr(dut, name))) for name in names}


async def start(dut, **inputs: int) -> None:
    """Clock and reset, with the given inputs meanwhile."""
    Clock(dut.clk_i, PERIOD_NS, unit="ns").start()
    if hasattr(dut, "rst_i"):
        await cycle(dut, rst_i=1, **inputs)
        await cycle(dut)
        await cycle(dut, rst_i=0)
    else:
        await cycle(dut, **inputs)


async def cycle(dut, **inputs: int) -> None:
    """Drives the inputs of the next cycle; afterwards its outputs can be read."""
    await FallingEdge(dut.clk_i)
    for name, value in inputs.items():
        signal = getattr(dut, name)
        signal.value = bits(signal, value)
    await ReadOnly()


async def check_pipeline(dut, items, *, latency, inputs, outputs, valid=None, idle=0.0):
    """Feeds one item a cycle and expects each result exactly `latency` cycles later.

    An item is a pair of lists: values of `inputs`, expected values of `outputs`. Between items,
    with probability `idle`, the inputs hold anything; with `valid` = (input, output) those cycles
    are invalid, and the output flag must follow the input flag.
    """
    rng = generator()
    sources = [getattr(dut, name) for name in inputs]
    sinks = [getattr(dut, name) for name in outputs]
    flag_in, flag_out = (getattr(dut, name) for name in valid) if valid else (None, None)
    expected = [None] * latency  # of the cycles to come; None: nothing valid
    position = 0
    while position < len(items) or any(want is not None for want in expected):
        if latency:
            await FallingEdge(dut.clk_i)
        else:
            await Timer(PERIOD_NS - SETTLE_NS, "ns")
        given = None
        if position < len(items) and rng.random() >= idle:
            given = items[position]
            position += 1
            for signal, value in zip(sources, given[0], strict=True):
                signal.value = bits(signal, value)
        else:
            for signal in sources:
                signal.value = rng.getrandbits(len(signal))
        if flag_in is not None:
            flag_in.value = int(given is not None)
        expected.append(given)
        if latency:
            await ReadOnly()
        else:
            await Timer(SETTLE_NS, "ns")
        want = expected.pop(0)
        if flag_out is not None:
            assert read(flag_out) == int(want is not None), f"{valid[1]} before item {position}"
        if want is None:
            continue
        got = [read(signal) for signal in sinks]
        right = [bits(signal, value) for signal, value in zip(sinks, want[1], strict=True)]
        assert got == right, f"{dict(zip(inputs, want[0], strict=True))}: {outputs} {got} {right}"


async def check_reset(dut, *, latency, valid, feed, idle):
    """After one cycle of reset nothing of what `feed` put in comes out of the pipeline."""
    for _ in range(latency):
        await feed()
    await cycle(dut, rst_i=1, **idle)
    await cycle(dut, rst_i=0)
    for age in range(1, latency + 2):
        assert read(getattr(dut, valid)) == 0, f"{valid} {age} cycles after reset"
        await cycle(dut)
