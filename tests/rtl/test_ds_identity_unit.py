"""ds_identity_unit: latency of exactly 2 cycles, one z a cycle."""

import cocotb
from harness import check_pipeline, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def activation_follows_two_cycles_later(dut, idle):
    await start(dut)
    await check_pipeline(
        dut,
        vectors(),
        latency=2,
        inputs=["z_i", "scale_i"],
        outputs=["activation_o", "clamped_o"],
        idle=idle,
    )
