"""ds_rectifier_unit: each input and each result as many cycles after z as the header says."""

import cocotb
from harness import start, vectors
from spaced import check_spaced

GROUPS = [
    (10, ["activation_o", "clamped_o"]),
    (11, ["saturated_o"]),
    (13, ["slope_o", "slope_exponent_o"]),
]
INPUT_AGES = {
    "code_i": 2,
    "clamped_i": 2,
    "alpha_i": 6,
    "alpha_exponent_i": 6,
    "fall_i": 6,
    "elu_slope_i": 9,
    "tail_exponent_i": 9,
}


def beside(history) -> dict[str, int]:
    items = {name: history[age] for name, age in INPUT_AGES.items()}
    return {name: item[2][name] if item else 0 for name, item in items.items()}


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_follow_z_on_time(dut, idle):
    case = vectors()
    await start(dut, elu_i=case["elu"], scale_i=case["scale"])
    await check_spaced(dut, case["items"], inputs=["z_i"], groups=GROUPS, idle=idle, beside=beside)
