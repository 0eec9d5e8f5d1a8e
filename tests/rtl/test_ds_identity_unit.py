"""ds_identity_unit: latency of exactly 2 cycles, one z a cycle."""

import cocotb
from harness import check_pipeline, cycle, generator, read, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def activation_follows_two_cycles_later(dut, idle):
    await start(dut, enable_i=1)
    await check_pipeline(
        dut,
        vectors(),
        latency=2,
        inputs=["z_i", "scale_i"],
        outputs=["activation_o", "clamped_o"],
        idle=idle,
    )


@cocotb.test()
async def not_chosen_it_gives_zero(dut):
    rng = generator()
    await start(dut, enable_i=0)
    for index in range(100):
        await cycle(dut, z_i=rng.getrandbits(20), scale_i=rng.getrandbits(3))
        if index > 1:
            assert read(dut.activation_o) == 0
