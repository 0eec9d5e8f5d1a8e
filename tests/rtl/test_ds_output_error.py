"""ds_output_error: latency of exactly 1 cycle, one neuron a cycle."""

import cocotb
from harness import check_pipeline, start, vectors


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def error_follows_one_cycle_later(dut, idle):
    await start(dut)
    await check_pipeline(
        dut,
        vectors(),
        latency=1,
        inputs=["is_target_i", "negative_i", "tail_i", "tail_exponent_i", "complement_i"],
        outputs=["error_mantissa_o", "error_exponent_o"],
        idle=idle,
    )
