"""ds_injector: first element 3 cycles after start_i, then one a cycle; given or zeros."""

import cocotb
from harness import anything, bits, cycle, generator, read, start, vectors

LATENCY = 3


@cocotb.test()
@cocotb.parametrize(given=[0, 1])
async def elements_come_one_a_cycle(dut, given):
    rng = generator()
    await start(dut, start_i=0, write_valid_i=0)
    for case in vectors():
        for index, mantissa in enumerate(case["given"]):
            await cycle(dut, write_valid_i=1, write_addr_i=index, write_data_i=mantissa)
        await cycle(dut, write_valid_i=0)
        await cycle(dut, start_i=1, start_count_i=case["count"], start_given_i=given)
        for age in range(1, LATENCY + case["count"] + 3):
            noise = anything(dut, rng, "start_count_i", "start_given_i", "write_data_i")
            await cycle(dut, start_i=0, **noise)
            index = age - LATENCY
            valid = 0 <= index < case["count"]
            assert read(dut.element_valid_o) == int(valid), f"cycle {age}"
            if valid:
                want = case["given"][index] if given else 0
                assert read(dut.element_mantissa_o) == bits(dut.element_mantissa_o, want)
