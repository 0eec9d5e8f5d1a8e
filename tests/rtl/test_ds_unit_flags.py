"""ds_unit_flags: a fresh batch forgets, images add up; read 2 cycles later, written after 3."""

import cocotb
from harness import anything, cycle, generator, read, start, vectors

READ_LATENCY = 2
WRITE_LATENCY = 3


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def flags_of_a_batch(dut, idle):
    rng = generator()
    await start(dut, unit_valid_i=0, fresh_i=0)
    for batch in vectors():
        for number, image in enumerate(batch["images"]):
            for neuron, (alive, responsive) in enumerate(image):
                while rng.random() < idle:
                    noise = anything(dut, rng, "unit_neuron_i", "unit_alive_i")
                    await cycle(dut, unit_valid_i=0, **noise)
                await cycle(
                    dut,
                    fresh_i=int(number == 0),
                    unit_valid_i=1,
                    unit_neuron_i=neuron,
                    unit_alive_i=alive,
                    unit_responsive_i=responsive,
                )
            for _ in range(WRITE_LATENCY - 1):
                await cycle(dut, unit_valid_i=0)
        for neuron, want in enumerate(batch["flags"]):
            await cycle(dut, unit_valid_i=0, read_addr_i=neuron)
            for _ in range(READ_LATENCY):
                await cycle(dut, read_addr_i=rng.getrandbits(4))
            assert [read(dut.read_alive_o), read(dut.read_responsive_o)] == want, f"unit {neuron}"
