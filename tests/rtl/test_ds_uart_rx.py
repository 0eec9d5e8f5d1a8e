"""ds_uart_rx: every divisor, a sender off by 2.5 %, glitches, framing errors, breaks."""

import random

import cocotb
from serial_line import SerialLine
from streams import Bench

DIVISORS = [*range(4, 17), 24, 25, 63, 313]
SKEW = 0.025
CORNERS = [0x00, 0xFF, 0x55, 0xAA, 0x01, 0x80, 0x7F, 0xFE]


async def begin(dut, divisor: int, skew: float = 0.0) -> tuple[SerialLine, Bench]:
    line = SerialLine(dut, divisor * (1 + skew) if skew else divisor)
    bench = Bench(dut, line)
    dut.divisor_i.value = divisor
    await bench.start()
    await bench.run(5)
    return line, bench


async def finish(line: SerialLine, bench: Bench, divisor: int):
    await bench.until(lambda: not line.busy, limit=1_000_000)
    await bench.run(2 * divisor)


def some_bytes(divisor: int) -> list[int]:
    count = max(4, min(24, 4000 // divisor // 10))
    return CORNERS[: count // 2] + [random.getrandbits(8) for _ in range(count)]


@cocotb.test()
@cocotb.parametrize(divisor=DIVISORS, skew=[0.0, SKEW, -SKEW])
async def back_to_back(dut, divisor, skew):
    line, bench = await begin(dut, divisor, skew)
    sent = some_bytes(divisor)
    for byte in sent:
        line.send(byte)
    await finish(line, bench, divisor)
    assert line.bytes == sent
    assert (line.framing_errors, line.breaks) == (0, 0)


@cocotb.test()
@cocotb.parametrize(divisor=DIVISORS)
async def with_pauses_and_glitches(dut, divisor):
    """A low shorter than up to the middle of a start bit is none."""
    line, bench = await begin(dut, divisor)
    sent = some_bytes(divisor)
    for byte in sent:
        line.send(byte)
        line.hold(1, random.randrange(3 * divisor) + 2)
        if random.random() < 0.5:
            line.hold(0, random.randrange((divisor - 1) // 2) + 1)
            line.hold(1, divisor)
    await finish(line, bench, divisor)
    assert line.bytes == sent
    assert line.framing_errors == 0


@cocotb.test()
@cocotb.parametrize(divisor=DIVISORS)
async def latency(dut, divisor):
    line, bench = await begin(dut, divisor)
    for byte in CORNERS[:4]:
        line.send(byte)
        await finish(line, bench, divisor)
        line.fell, first = None, len(line.cycles)
        line.send(0xFF)
        await finish(line, bench, divisor)
        assert line.cycles[first] - line.fell == 3 + (divisor - 1) // 2 + 9 * divisor


@cocotb.test()
@cocotb.parametrize(divisor=[4, 5, 24])
async def a_bad_stop_bit_gives_no_byte(dut, divisor):
    line, bench = await begin(dut, divisor)
    for _ in range(10):
        line.send(random.getrandbits(8), stop=0)
        line.hold(1, 2 * divisor)
        line.send(0xA5)
        line.hold(1, random.randrange(2 * divisor) + 1)
    await finish(line, bench, divisor)
    assert line.bytes == [0xA5] * 10
    assert (line.framing_errors, line.breaks) == (10, 0)


@cocotb.test()
@cocotb.parametrize(divisor=[4, 5, 24])
async def a_break_is_said_once(dut, divisor):
    line, bench = await begin(dut, divisor)
    for length, breaks in ((12, 0), (28, 0), (32, 1), (200, 1)):
        before = line.breaks
        line.hold(0, length * divisor)
        line.hold(1, 3 * divisor)
        line.send(0x42)
        await finish(line, bench, divisor)
        assert line.breaks - before == breaks, f"low for {length} bits"
    assert line.bytes == [0x42] * 4
    assert line.framing_errors == 4


@cocotb.test()
async def idle_and_reset(dut):
    divisor = 8
    line, bench = await begin(dut, divisor)
    assert dut.idle_o.value == 1
    line.send(0x00)
    await bench.run(4)
    while not line.bytes:
        assert dut.idle_o.value == 0
        await bench.step()
    await bench.run(2)
    assert dut.idle_o.value == 1
    # Reset in a byte: nothing of it comes, and no byte begins in the middle of it.
    line.send(0x00)
    await bench.run(5 * divisor)
    dut.rst_i.value = 1
    await bench.run(1)
    dut.rst_i.value = 0
    line.hold(1, divisor)
    line.send(0x99)
    await finish(line, bench, divisor)
    assert line.bytes == [0x00, 0x99]
    assert line.framing_errors == 0
