"""ds_sigmoid_unit: each group of results as many cycles after z as the header says."""

import cocotb
from harness import cycle as next_cycle
from harness import generator, parameter, read, start, vectors
from spaced import check_spaced

GROUPS = [
    (6, ["negative_o", "activation_o", "activation_is_one_o", "tail_o", "complement_o"]),
    (7, ["saturated_o"]),
    (9, ["slope_o", "slope_exponent_o", "tail_exponent_o"]),
]


def beside(history) -> dict[str, int]:
    """The ages of the words, and the factor of the slope with the tail."""
    ages = sum((item is not None) << age for age, item in enumerate(history[:9]))
    return {"valid_i": ages, "factor_i": history[6][2] if history[6] else 0}


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_follow_z_on_time(dut, idle):
    case = vectors()
    await start(dut, enable_i=1, doubled_i=case["doubled"], exponential_i=case["exponential"])
    interval = parameter(dut, "Interval")
    await check_spaced(
        dut,
        case["items"],
        inputs=["z_i"],
        groups=GROUPS,
        interval=interval,
        idle=idle,
        beside=beside,
    )


@cocotb.test()
async def not_chosen_it_gives_zero(dut):
    rng = generator()
    await start(dut, enable_i=0, valid_i=0)
    for index in range(100):
        await next_cycle(dut, z_i=rng.getrandbits(20), valid_i=rng.getrandbits(9))
        if index > 1:
            assert read(dut.activation_o) == 0 and read(dut.activation_is_one_o) == 0
