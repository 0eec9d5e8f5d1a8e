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


def ages(history) -> dict[str, int]:
    return {"valid_i": sum((item is not None) << age for age, item in enumerate(history[:9]))}


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_follow_z_on_time(dut, idle):
    await start(dut, enable_i=1)
    interval = parameter(dut, "Interval")
    items = vectors()
    await check_spaced(
        dut, items, inputs=["z_i"], groups=GROUPS, interval=interval, idle=idle, beside=ages
    )


@cocotb.test()
async def not_chosen_it_gives_zero(dut):
    rng = generator()
    await start(dut, enable_i=0, valid_i=0)
    for index in range(100):
        await next_cycle(dut, z_i=rng.getrandbits(20), valid_i=rng.getrandbits(9))
        if index > 1:
            assert read(dut.activation_o) == 0 and read(dut.activation_is_one_o) == 0
