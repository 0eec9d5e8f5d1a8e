"""ds_cobs_decoder: any bytes in, frames out, and 0x00 realigns whatever came before."""

import random

import cocotb
from frames import cobs_encode
from streams import RATES, Bench, Sink, Source

LATENCY = 0


def items(data: bytes, error: int = 0) -> list[tuple[int, int, int]]:
    """(byte, last, error); the byte of an end does not matter and is taken as 0."""
    return [(byte, 0, 0) for byte in data] + [(0, 1, error)]


def seen(sink: Sink) -> list[tuple[int, int, int]]:
    return [(0, 1, error) if last else (byte, 0, 0) for byte, last, error in sink.items]


async def decode(dut, wire: bytes, rates=(1.0, 1.0)) -> Sink:
    source = Source(dut, "in", ["data"], rates[0])
    sink = Sink(dut, "out", ["data", "last", "error"], rates[1])
    bench = Bench(dut, source, sink)
    await bench.start()
    source.queue.extend((byte,) for byte in wire)
    await bench.until(lambda: not source.queue)
    await bench.until(lambda: sink.waiting is None)
    await bench.run(20)
    return sink


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def frames_come_back(dut, rates):
    frames = [bytes(random.choice((0, 1, 255, 7)) for _ in range(n)) for n in range(1, 40)]
    frames += [random.randbytes(300), bytes(300), b"\x55" * 253, b"\x55" * 254, b"\x55" * 255]
    frames += [b"\x55" * 254 + b"\0", b"\0" + b"\x55" * 508, b"\0"]
    random.shuffle(frames)
    sink = await decode(dut, b"".join(map(cobs_encode, frames)), rates)
    assert seen(sink) == [item for frame in frames for item in items(frame)]


@cocotb.test()
async def a_full_block_at_the_end_needs_no_empty_block(dut):
    sink = await decode(dut, b"\xff" + b"\x11" * 254 + b"\0")
    assert seen(sink) == items(b"\x11" * 254)


@cocotb.test()
async def empty_frames_give_nothing(dut):
    sink = await decode(dut, b"\0\0\0" + cobs_encode(b"a") + b"\0\0")
    assert seen(sink) == items(b"a")


@cocotb.test()
async def a_delimiter_within_a_block_is_an_error_and_realigns(dut):
    sink = await decode(dut, b"\x05ab\0" + cobs_encode(b"next\0") + b"\x02\0" + cobs_encode(b"z"))
    assert seen(sink) == items(b"ab", 1) + items(b"next\0") + items(b"", 1) + items(b"z")


@cocotb.test()
async def no_latency(dut):
    sink = await decode(dut, cobs_encode(b"abc"))
    first = 4 + 1 + LATENCY  # three cycles of reset, and the first byte is a code
    assert sink.cycles == list(range(first, first + 4))
