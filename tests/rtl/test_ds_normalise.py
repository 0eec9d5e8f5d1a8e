"""ds_normalise: latency of exactly 3 cycles, one word a cycle, zero in between."""

import cocotb
from harness import check_pipeline, check_reset, cycle, read, start, vectors

LATENCY = 3


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def mantissa_and_shift_follow_three_cycles_later(dut, idle):
    await start(dut, x_valid_i=0)
    await check_pipeline(
        dut,
        vectors(),
        latency=LATENCY,
        inputs=["x_i"],
        outputs=["mantissa_o", "shift_o"],
        valid=("x_valid_i", "valid_o"),
        idle=idle,
    )


@cocotb.test()
async def the_mantissa_is_zero_unless_valid(dut):
    await start(dut, x_valid_i=0)
    for valid in [0, 0, 0, 1, 0, 1, 1, 0, 0, 0]:
        await cycle(dut, x_valid_i=valid, x_i=-3)
        assert (read(dut.mantissa_o) != 0) == bool(read(dut.valid_o))


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    await start(dut, x_valid_i=0)

    async def feed():
        await cycle(dut, x_valid_i=1, x_i=5)

    await check_reset(dut, latency=LATENCY, valid="valid_o", feed=feed, idle={"x_valid_i": 0})
