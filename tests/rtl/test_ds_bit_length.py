"""ds_bit_length: combinational, so there is no clock."""

import cocotb
from harness import check_pipeline, vectors


@cocotb.test()
async def length_follows_at_once(dut):
    await check_pipeline(dut, vectors(), latency=0, inputs=["x_i"], outputs=["length_o"])
