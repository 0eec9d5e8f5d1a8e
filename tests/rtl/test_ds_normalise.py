"""ds_normalise: latency of exactly 4 cycles, one word a cycle."""

import cocotb
from harness import check_pipeline, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def mantissa_and_shift_follow_four_cycles_later(dut, idle):
    await start(dut)
    await check_pipeline(
        dut, vectors(), latency=4, inputs=["x_i"], outputs=["mantissa_o", "shift_o"], idle=idle
    )
