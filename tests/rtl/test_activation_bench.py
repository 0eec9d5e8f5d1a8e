"""ds_activation, exhaustive: every z in tests/rtl/activation_bench.v, expected words in a file."""

import os

import cocotb
from cocotb.triggers import ClockCycles
from harness import cycle, read, start, vectors

Z_BITS = 20
CODES = 2**Z_BITS - 1  # all but -2^19
LATEST = 16  # cycles; no unit takes as long


@cocotb.test()
async def every_z_gives_the_golden_result(dut):
    """One z a cycle, 2^20 - 1 of them; none lost, none different."""
    case = vectors()
    os.symlink(case["expected"], "expected.hex")
    await start(dut, load_i=0, **case["inputs"])
    await cycle(dut, load_i=1)
    await cycle(dut, rst_i=1)
    await cycle(dut, rst_i=0)
    await ClockCycles(dut.clk_i, CODES + LATEST)
    await cycle(dut)
    assert read(dut.done_o), f"only {read(dut.results_o)} results of {CODES}, one z a cycle"
    assert read(dut.results_o) == CODES
    assert read(dut.mismatches_o) == 0, (
        f"{read(dut.mismatches_o)} differ; first z = {dut.first_z_o.value.to_signed()}: "
        f"{read(dut.first_got_o):012x}, expected {read(dut.first_want_o):012x}"
    )
