"""ds_norm: sum of squares and counts, 4 cycles after the last delta, which may come one a cycle."""

import cocotb
from harness import anything, cycle, generator, read, start, vectors

LATENCY = 4
IGNORED = ("delta_last_i", "delta_mantissa_i", "delta_zeroed_i", "delta_saturated_i")
QUIET = {"start_i": 0, "delta_valid_i": 0, "delta_last_i": 0}


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_are_final_four_cycles_after_the_last_delta(dut, idle):
    rng = generator()
    await start(dut, **QUIET)
    for layer in vectors():
        await cycle(dut, start_i=1)
        last = len(layer["delta"]) - 1
        rows = zip(layer["delta"], layer["zeroed"], layer["saturated"], strict=True)
        for index, (mantissa, zeroed, saturated) in enumerate(rows):
            while rng.random() < idle:
                await cycle(dut, **{**anything(dut, rng, *IGNORED), **QUIET})
                assert read(dut.done_o) == 0, "done too early"
            await cycle(
                dut,
                start_i=0,
                delta_valid_i=1,
                delta_last_i=int(index == last),
                delta_mantissa_i=mantissa,
                delta_zeroed_i=zeroed,
                delta_saturated_i=saturated,
            )
            assert read(dut.done_o) == 0, "done too early"
        for age in range(1, LATENCY + 3 + rng.randint(0, 5)):
            await cycle(dut, **{**anything(dut, rng, *IGNORED), **QUIET})
            assert read(dut.done_o) == int(age == LATENCY), f"done_o {age} cycles after the last"
            if age >= LATENCY:
                assert read(dut.sum_squares_o) == layer["sumSquares"]
                assert read(dut.zeroed_o) == sum(layer["zeroed"])
                assert read(dut.saturated_o) == sum(layer["saturated"])


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    await start(dut, **QUIET)
    for age in range(LATENCY):
        await cycle(dut, start_i=1)
        await cycle(dut, start_i=0, delta_valid_i=1, delta_last_i=1, delta_mantissa_i=3)
        for _ in range(age):
            await cycle(dut, **QUIET)
        await cycle(dut, rst_i=1, **QUIET)
        await cycle(dut, rst_i=0)
        for _ in range(LATENCY + 1):
            assert read(dut.done_o) == 0
            await cycle(dut)
