"""ds_activation: the latency of each unit, the slope 2 cycles later, announced 3 cycles ahead."""

import cocotb
from harness import check_reset, cycle, generator, parameter, read, start, vectors
from spaced import check_spaced

LATENCY = {"identity": 3, "sigmoid": 7, "tanh": 7, "relu": 11, "elu": 11}
SLOPE_AFTER = 2
SOON = 3
ALPHA_AFTER = 6


def chosen(activation: str) -> dict[str, int]:
    """The inputs that choose it."""
    names = ("identity", "tanh", "relu", "elu")
    return {f"{name}_i": int(name == activation) for name in names}


def beside(history) -> dict[str, int]:
    """The valid flag, and the alpha of the neuron when it is due."""
    due = next(iter(history[ALPHA_AFTER : ALPHA_AFTER + 1]), None)
    alpha, exponent = due[2] if due else (0, 0)
    valid = int(history[0] is not None)
    return {"z_valid_i": valid, "alpha_i": alpha, "alpha_exponent_i": exponent}


async def begin(dut) -> tuple[dict, int]:
    case = vectors()
    await start(dut, **chosen(case["activation"]), scale_i=case["scale"], z_valid_i=0)
    return case, LATENCY[case["activation"]]


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
        beside=beside,
    )


@cocotb.test()
@cocotb.parametrize(other=list(LATENCY))
async def nothing_of_a_layer_is_left_for_the_next(dut, other):
    """The layer changes as soon as the last slope is out."""
    case = vectors()
    await start(dut, **chosen(case["activation"]), scale_i=0, z_valid_i=0)
    await cycle(dut, z_valid_i=1)
    await cycle(dut, z_valid_i=0)
    while not read(dut.slope_valid_o):
        await cycle(dut)
    await cycle(dut, **chosen(other))
    for _ in range(max(LATENCY.values()) + SLOPE_AFTER):
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
