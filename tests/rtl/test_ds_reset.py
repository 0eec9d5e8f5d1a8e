"""ds_reset: high from power-up, low 18 cycles after the lock, high 3 cycles after it is lost."""

import cocotb
from harness import cycle, generator, read, start

BEGIN = 3
END = 2 + 16


@cocotb.test()
async def it_is_high_from_power_up(dut):
    """However long the lock takes."""
    await start(dut, locked_i=0)
    for _ in range(2 * END):
        assert read(dut.rst_o) == 1
        await cycle(dut)


@cocotb.test()
async def it_follows_the_lock(dut):
    """A lock of less than 16 cycles lets nothing go, and the next one counts from the start."""
    rng = generator()
    await start(dut, locked_i=0)
    for _ in range(BEGIN):
        await cycle(dut)
    for _ in range(20):
        for locked, delay in [(1, END), (0, BEGIN)]:
            await cycle(dut, locked_i=locked)
            for _ in range(delay):
                assert read(dut.rst_o) == locked
                await cycle(dut)
            assert read(dut.rst_o) == 1 - locked
        await cycle(dut, locked_i=1)
        for _ in range(rng.randrange(END - BEGIN)):
            await cycle(dut)
            assert read(dut.rst_o) == 1
        await cycle(dut, locked_i=0)
        for _ in range(BEGIN):
            await cycle(dut)
            assert read(dut.rst_o) == 1
