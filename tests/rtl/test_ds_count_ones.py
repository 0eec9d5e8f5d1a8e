"""ds_count_ones: a count a cycle, 3 cycles later, and none after reset."""

import cocotb
from harness import check_pipeline, cycle, generator, parameter, read, start


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.3])
async def every_count_is_right(dut, idle):
    width = parameter(dut, "Width")
    await start(dut)
    rng = generator()
    vectors = [0, (1 << width) - 1, *(1 << at for at in range(width))]
    vectors += [rng.getrandbits(width) for _ in range(500)]
    items = [([bits], [bits.bit_count()]) for bits in vectors]
    await check_pipeline(dut, items, latency=3, inputs=["bits_i"], outputs=["count_o"], idle=idle)


@cocotb.test()
async def reset_counts_nothing(dut):
    await start(dut)
    for _ in range(4):
        await cycle(dut, bits_i=(1 << parameter(dut, "Width")) - 1)
    await cycle(dut, rst_i=1, bits_i=0)
    await cycle(dut, rst_i=0)
    for _ in range(4):
        assert read(dut.count_o) == 0
        await cycle(dut)
