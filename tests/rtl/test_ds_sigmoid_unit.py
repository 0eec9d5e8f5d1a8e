"""ds_sigmoid_unit: each group of results as many cycles after z as the header says."""

import cocotb
from harness import check_pipeline, start, vectors

OUTPUTS = [
    (6, ["negative_o", "activation_o", "tail_o", "complement_o"]),
    (7, ["saturated_o"]),
    (9, ["slope_o", "slope_exponent_o", "tail_exponent_o"]),
]


@cocotb.test()
@cocotb.parametrize(group=[0, 1, 2], idle=[0.0, 0.5])
async def results_follow_z_on_time(dut, group, idle):
    latency, outputs = OUTPUTS[group]
    await start(dut)
    await check_pipeline(
        dut,
        [(z, results[group]) for z, results in vectors()],
        latency=latency,
        inputs=["z_i"],
        outputs=outputs,
        idle=idle,
    )
