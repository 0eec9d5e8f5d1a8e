"""ds_activation: the latency of each unit, the slope 2 cycles later, announced 3 cycles ahead."""

import cocotb
from harness import check_reset, cycle, generator, parameter, read, start, vectors
from spaced import check_spaced

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
async def units_and_slopes_follow_on_time(dut, idle):
    case, latency = await begin(dut)
    unit = ["unit_activation_o", "unit_clamped_o", "unit_saturated_o"]
    slope = ["slope_alive_o", "slope_o", "slope_exponent_o"]
    await check_spaced(
        dut,
        case["items"],
        inputs=["z_i"],
        groups=[
            (latency, unit, "unit_valid_o"),
            (latency + SLOPE_AFTER, slope, "slope_valid_o"),
            (latency - SOON, [], "unit_soon_o"),
        ],
        interval=parameter(dut, "Interval"),
        idle=idle,
        beside=lambda history: {"z_valid_i": int(history[0] is not None)},
    )


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
