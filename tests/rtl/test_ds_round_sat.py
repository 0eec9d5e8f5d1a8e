"""ds_round_sat: latency of exactly 2 cycles, one word a cycle."""

import cocotb
from harness import check_pipeline, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def result_follows_two_cycles_later(dut, idle):
    await start(dut, enable_i=1)
    await check_pipeline(
        dut,
        vectors(),
        latency=2,
        inputs=["x_i", "spill_i", "sign_i", "shift_i"],
        outputs=["y_o", "saturated_o"],
        idle=idle,
    )
