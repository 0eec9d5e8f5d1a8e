"""ds_output_error: latency of exactly 3 cycles, one neuron a cycle; the exponent at the end."""

import cocotb
from harness import bits, cycle, generator, read, start, vectors

LATENCY = 3
EARLY = ["is_target_i", "negative_i", "tail_i", "complement_i"]


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def error_follows_three_cycles_later(dut, idle):
    rng = generator()
    await start(dut)
    items = vectors()
    under_way = [None] * LATENCY
    while items or any(under_way):
        item = items.pop(0) if items and rng.random() >= idle else None
        under_way.append(item)
        due = under_way.pop(0)
        inputs = {name: rng.getrandbits(len(getattr(dut, name))) for name in EARLY}
        if item is not None:
            inputs = dict(zip(EARLY, item[0][:-1], strict=True))
        exponent = rng.getrandbits(len(dut.tail_exponent_i)) if due is None else due[0][-1]
        await cycle(dut, **inputs, tail_exponent_i=exponent)
        if due is None:
            continue
        got = [read(dut.error_mantissa_o), read(dut.error_exponent_o)]
        assert got == [bits(dut.error_mantissa_o, due[1][0]), due[1][1]], due
