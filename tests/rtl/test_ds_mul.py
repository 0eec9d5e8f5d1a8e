"""ds_mul: products and the latency of exactly 3 cycles; expected values come from the vectors."""

import cocotb
from harness import check_pipeline, cycle, read, start, vectors

LATENCY = 3


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def products_appear_three_cycles_later(dut, idle):
    """A new pair every cycle; the product of pair n is there 3 cycles later and not elsewhere."""
    await start(dut)
    await check_pipeline(
        dut, vectors(), latency=LATENCY, inputs=["a_i", "b_i"], outputs=["p_o"], idle=idle
    )


@cocotb.test()
async def one_change_takes_exactly_three_cycles(dut):
    """After a change the old product stays for 2 cycles; the new one is there on the 3rd."""
    await start(dut, a_i=1, b_i=1)
    for _ in range(LATENCY):
        await cycle(dut)
    await cycle(dut, a_i=2)
    seen = []
    for _ in range(LATENCY + 1):
        await cycle(dut)
        seen.append(read(dut.p_o))
    expected = [1] * (LATENCY - 1) + [2, 2]
    assert seen == expected, f"products after the change: {seen}, expected {expected}"
