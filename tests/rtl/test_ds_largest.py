"""ds_largest: the first of the largest values, whatever came before the start."""

import cocotb
from harness import cycle, generator, parameter, read, start

LAYERS = 400


@cocotb.test()
async def the_first_of_the_largest_counts(dut):
    rng = generator()
    half = 1 << (parameter(dut, "Width") - 1)
    most = 1 << parameter(dut, "IndexBits")
    await start(dut, start_i=0, valid_i=0, label_i=0)
    for _ in range(LAYERS):
        small = rng.randint(0, 1)
        reach = 2 if small else half
        values = [rng.randint(-reach, reach - 1) for _ in range(rng.randint(1, most))]
        if rng.random() < 0.2:
            values = [-half] * len(values)
        label = rng.randrange(len(values))
        await cycle(dut, start_i=1, valid_i=0, label_i=label)
        for index, value in enumerate(values):
            while rng.random() < 0.3:
                await cycle(dut, start_i=0, valid_i=0, value_i=rng.randint(-half, half - 1))
            await cycle(dut, start_i=0, valid_i=1, index_i=index, value_i=value)
        await cycle(dut, start_i=0, valid_i=0)
        assert read(dut.match_o) == int(values.index(max(values)) == label), values
