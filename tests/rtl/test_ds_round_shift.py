"""ds_round_shift: latency of exactly 2 cycles, one word a cycle."""

import cocotb
from harness import check_pipeline, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def words_are_rounded_two_cycles_later(dut, idle):
    await start(dut)
    await check_pipeline(
        dut, vectors(), latency=2, inputs=["x_i", "shift_i"], outputs=["y_o"], idle=idle
    )
