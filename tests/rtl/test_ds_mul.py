"""ds_mul: products and the latency of exactly 3 cycles; expected values come from the vectors."""

import json
import os

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge

LATENCY = 3


def vectors() -> list[list[int]]:
    with open(os.environ["DELTASCOPE_VECTORS"]) as file:
        return json.load(file)


@cocotb.test()
async def products_appear_three_cycles_later(dut):
    """A new pair every cycle; the product of pair n is there 3 cycles later and not elsewhere."""
    Clock(dut.clk_i, 10, unit="ns").start()
    pairs = vectors()
    await FallingEdge(dut.clk_i)
    for cycle in range(len(pairs) + LATENCY):
        if cycle >= LATENCY:
            a, b, expected = pairs[cycle - LATENCY]
            got = dut.p_o.value.to_unsigned()
            assert got == expected, (
                f"pair {cycle - LATENCY}: a={a:#x} b={b:#x} gave {got:#x}, expected {expected:#x}"
            )
        if cycle < len(pairs):
            dut.a_i.value, dut.b_i.value = pairs[cycle][:2]
        await FallingEdge(dut.clk_i)


@cocotb.test()
async def one_change_takes_exactly_three_cycles(dut):
    """After a change the old product stays for 2 cycles; the new one is there on the 3rd."""
    Clock(dut.clk_i, 10, unit="ns").start()
    dut.a_i.value, dut.b_i.value = 1, 1
    for _ in range(LATENCY + 1):
        await FallingEdge(dut.clk_i)
    dut.a_i.value = 2
    seen = []
    for _ in range(LATENCY + 1):
        await FallingEdge(dut.clk_i)
        seen.append(dut.p_o.value.to_unsigned())
    expected = [1] * (LATENCY - 1) + [2, 2]
    assert seen == expected, f"products after the change: {seen}, expected {expected}"
