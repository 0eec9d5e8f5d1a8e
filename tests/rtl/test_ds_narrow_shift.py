"""ds_narrow_shift: combinational; where a word does not fit, its bits do not count."""

import cocotb
from cocotb.triggers import Timer
from harness import bits, read, vectors


@cocotb.test()
async def fitting_words_are_shifted(dut):
    for item in vectors():
        dut.x_i.value = bits(dut.x_i, item["x"])
        dut.shift_i.value = item["n"]
        await Timer(1, "ns")
        assert (read(dut.spill_o) != 0) == bool(item["spill"]), item
        if item["y"] is not None:
            assert read(dut.y_o) == bits(dut.y_o, item["y"]), item
