"""ds_sigmoid_unit: latency of exactly 14 cycles, with and without idle cycles, and reset."""

import cocotb
from harness import check_pipeline, check_reset, cycle, generator, read, start, vectors

LATENCY = 14
OUTPUTS = [
    "unit_negative_o",
    "unit_activation_o",
    "unit_tail_o",
    "unit_tail_exponent_o",
    "unit_complement_o",
    "unit_slope_o",
    "unit_slope_exponent_o",
]


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_follow_z_by_14_cycles(dut, idle):
    await start(dut, z_valid_i=0)
    await check_pipeline(
        dut,
        vectors(),
        latency=LATENCY,
        inputs=["z_i"],
        outputs=OUTPUTS,
        valid=("z_valid_i", "unit_valid_o"),
        idle=idle,
    )


@cocotb.test()
async def soon_announces_each_result_three_cycles_ahead(dut):
    rng = generator()
    await start(dut, z_valid_i=0)
    announced = [0, 0, 0]
    for _ in range(300):
        await cycle(dut, z_valid_i=rng.getrandbits(1), z_i=rng.getrandbits(18))
        announced.append(read(dut.soon_o))
        assert read(dut.unit_valid_o) == announced.pop(0)


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    rng = generator()
    await start(dut, z_valid_i=0)
    await check_reset(
        dut,
        latency=LATENCY,
        valid="unit_valid_o",
        feed=lambda: cycle(dut, z_valid_i=1, z_i=rng.getrandbits(18)),
        idle={"z_valid_i": 0},
    )
