"""ds_uart_tx: bits of the right length, back to back, and a line that rests high."""

import random

import cocotb
from streams import Bench, Source

DIVISORS = [2, 3, 4, 5, 8, 24, 313]


class Levels:
    def __init__(self, dut):
        self.dut = dut
        self.levels: list[int] = []
        self.idle: list[int] = []

    def drive(self):
        pass

    def sample(self, _cycle: int):
        self.levels.append(int(self.dut.tx_o.value))
        self.idle.append(int(self.dut.idle_o.value))


async def begin(dut, divisor: int, rate: float = 1.0):
    source, levels = Source(dut, "in", ["data"], rate), Levels(dut)
    bench = Bench(dut, source, levels)
    dut.divisor_i.value = divisor
    await bench.start()
    levels.levels.clear()
    levels.idle.clear()
    return source, levels, bench


def wave(byte: int, divisor: int) -> list[int]:
    bits = [0, *((byte >> at) & 1 for at in range(8)), 1]
    return [bit for bit in bits for _ in range(divisor)]


@cocotb.test()
@cocotb.parametrize(divisor=DIVISORS)
async def back_to_back(dut, divisor):
    """The start bit comes one cycle after the byte; then there is no gap."""
    source, levels, bench = await begin(dut, divisor)
    sent = [0x00, 0xFF, 0xA5, *(random.getrandbits(8) for _ in range(5))]
    source.queue.extend((byte,) for byte in sent)
    await bench.run(1 + 10 * divisor * len(sent) + 20)
    expected = [level for byte in sent for level in wave(byte, divisor)]
    assert levels.levels == [1] + expected + [1] * 20
    assert levels.idle == [1] + [0] * len(expected) + [1] * 20


@cocotb.test()
@cocotb.parametrize(divisor=DIVISORS[:5])
async def with_pauses(dut, divisor):
    source, levels, bench = await begin(dut, divisor, rate=0.02)
    sent = [random.getrandbits(8) for _ in range(12)]
    source.queue.extend((byte,) for byte in sent)
    await bench.until(lambda: not source.queue)
    await bench.run(11 * divisor)
    found = []
    at = 0
    while 0 in levels.levels[at:]:
        at = levels.levels.index(0, at)
        length = 10 * divisor
        byte = next(b for b in range(256) if wave(b, divisor) == levels.levels[at : at + length])
        found.append(byte)
        at += length
    assert found == sent


@cocotb.test()
async def reset_lets_the_line_rest(dut):
    source, levels, bench = await begin(dut, 8)
    source.queue.append((0x00,))
    await bench.run(20)
    assert levels.levels[-1] == 0
    dut.rst_i.value = 1
    await bench.run(1)
    dut.rst_i.value = 0
    levels.levels.clear()
    await bench.run(100)
    assert levels.levels == [1] * 100
