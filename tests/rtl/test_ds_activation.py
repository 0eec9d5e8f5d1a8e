"""ds_activation: the latency of each unit, the slope 2 cycles later, announced 3 cycles ahead."""

import cocotb
from harness import check_pipeline, check_reset, cycle, generator, read, start, vectors

LATENCY = {"identity": 3, "sigmoid": 7}
SLOPE_AFTER = 2
SOON = 3


def latency_of(case: dict) -> int:
    return LATENCY["identity" if case["identity"] else "sigmoid"]


async def begin(dut) -> tuple[dict, int]:
    case = vectors()
    await start(dut, identity_i=case["identity"], scale_i=case["scale"], z_valid_i=0)
    return case, latency_of(case)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def units_follow_on_time(dut, idle):
    case, latency = await begin(dut)
    await check_pipeline(
        dut,
        [(z, unit) for z, unit, _ in case["items"]],
        latency=latency,
        inputs=["z_i"],
        outputs=["unit_activation_o", "unit_clamped_o", "unit_saturated_o"],
        valid=("z_valid_i", "unit_valid_o"),
        idle=idle,
    )


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def slopes_follow_two_cycles_later(dut, idle):
    case, latency = await begin(dut)
    await check_pipeline(
        dut,
        [(z, slope) for z, _, slope in case["items"]],
        latency=latency + SLOPE_AFTER,
        inputs=["z_i"],
        outputs=["slope_alive_o", "slope_o", "slope_exponent_o"],
        valid=("z_valid_i", "slope_valid_o"),
        idle=idle,
    )


@cocotb.test()
async def soon_announces_each_unit_three_cycles_ahead(dut):
    rng = generator()
    await begin(dut)
    announced = [0] * SOON
    for _ in range(300):
        await cycle(dut, z_valid_i=rng.getrandbits(1), z_i=rng.getrandbits(18))
        announced.append(read(dut.unit_soon_o))
        assert read(dut.unit_valid_o) == announced.pop(0)


@cocotb.test()
async def nothing_of_identity_is_left_for_a_sigmoid_layer(dut):
    """The layer changes as soon as the last slope is out."""
    await start(dut, identity_i=1, scale_i=0, z_valid_i=1)
    await cycle(dut)
    await cycle(dut, z_valid_i=0)
    while not read(dut.slope_valid_o):
        await cycle(dut)
    while read(dut.slope_valid_o):
        await cycle(dut)
    await cycle(dut, identity_i=0)
    for _ in range(LATENCY["sigmoid"] + SLOPE_AFTER):
        assert not read(dut.unit_valid_o) and not read(dut.slope_valid_o)
        await cycle(dut)


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    rng = generator()
    _, latency = await begin(dut)
    for valid, after in (("unit_valid_o", latency), ("slope_valid_o", latency + SLOPE_AFTER)):
        await check_reset(
            dut,
            latency=after,
            valid=valid,
            feed=lambda: cycle(dut, z_valid_i=1, z_i=rng.getrandbits(18)),
            idle={"z_valid_i": 0},
        )
