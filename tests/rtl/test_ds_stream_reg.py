"""ds_stream_reg: order, hold, latency of 1 and a word a cycle."""

import cocotb
from streams import RATES, check_latency_and_rate, check_order

LATENCY = 1


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def words_pass_in_order(dut, rates):
    await check_order(dut, rates)


@cocotb.test()
async def latency_and_rate(dut):
    await check_latency_and_rate(dut, LATENCY)
