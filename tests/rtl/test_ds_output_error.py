"""ds_output_error: latency of exactly 3 cycles; the tail's exponent comes with the error."""

import cocotb
from harness import parameter, start, vectors
from spaced import check_spaced


def beside(history) -> dict[str, int]:
    exponent = history[3][2] if history[3] else 0
    return {"valid_i": int(history[1] is not None), "tail_exponent_i": exponent}


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def error_follows_three_cycles_later(dut, idle):
    await start(dut, valid_i=0)
    await check_spaced(
        dut,
        vectors(),
        inputs=["is_target_i", "negative_i", "tail_i", "complement_i"],
        groups=[(3, ["error_mantissa_o", "error_exponent_o"])],
        interval=parameter(dut, "Interval"),
        idle=idle,
        beside=beside,
    )
