"""ds_milliseconds: a tick every ClockHz / 1000 cycles, and what was skipped."""

import random

import cocotb
from streams import Bench


class Elapsed:
    def __init__(self, dut):
        self.dut = dut
        self.values: list[int] = []

    def drive(self):
        pass

    def sample(self, _cycle: int):
        self.values.append(self.dut.elapsed_o.value.to_unsigned())


async def begin(dut):
    elapsed = Elapsed(dut)
    bench = Bench(dut, elapsed)
    dut.skip_i.value = 0
    await bench.start()
    elapsed.values.clear()
    return elapsed, bench, dut.ClockHz.value.to_unsigned() // 1000


@cocotb.test()
async def ticks(dut):
    elapsed, bench, cycles = await begin(dut)
    await bench.run(5 * cycles + 1)
    # The first of the cycles is the one in which reset ended; the sum shows one cycle later.
    assert [at for at, value in enumerate(elapsed.values) if value] == [
        cycles * number for number in range(1, 6)
    ]
    assert max(elapsed.values) == 1


@cocotb.test()
async def skips_come_on_top(dut):
    elapsed, bench, cycles = await begin(dut)
    skips = [random.choice((0, 0, 1, 50, 1023)) for _ in range(5 * cycles)]
    for skip in skips:
        dut.skip_i.value = skip
        await bench.run(1)
    dut.skip_i.value = 0
    await bench.run(1)
    assert elapsed.values[1:] == [skip + ((at + 1) % cycles == 0) for at, skip in enumerate(skips)]
