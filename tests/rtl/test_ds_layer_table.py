"""ds_layer_table: an entry 7 cycles after its load, and one entry every 7 cycles."""

import cocotb
from harness import cycle, generator, pack, parameter, read, start

LATENCY = 7
LOADS = 300


async def load(dut, layer: int, entry: list[int], wait: int) -> None:
    """Called in a cycle with load_i; ends when the entry is valid, so that the next can follow.

    The layer is named one cycle after load_i, as the sequencer does it.
    """
    await cycle(dut, load_i=0, load_layer_i=layer)
    for age in range(1, LATENCY + wait):
        assert read(dut.valid_o) == int(age >= LATENCY), f"valid_o {age} cycles after load_i"
        await cycle(dut, load_i=int(age == LATENCY + wait - 1))
    assert read(dut.valid_o) == 1, "not valid after 7 cycles"
    assert read(dut.entry_o) == pack(entry, 32), f"layer {layer}"


@cocotb.test()
@cocotb.parametrize(wait=[0, 6])
async def entries_follow_their_load_by_seven_cycles(dut, wait):
    rng = generator()
    layers, words = parameter(dut, "Layers"), parameter(dut, "Words")
    entries = [[rng.getrandbits(32) for _ in range(words)] for _ in range(layers)]
    await start(dut, load_i=0, write_valid_i=0)
    for address in rng.sample(range(layers * words), layers * words):
        word = entries[address // words][address % words]
        await cycle(dut, write_valid_i=1, write_addr_i=address, write_data_i=word)
    await cycle(dut, write_valid_i=0)
    await cycle(dut, load_i=1)
    for layer in [0, layers - 1, *(rng.randrange(layers) for _ in range(LOADS))]:
        await load(dut, layer, entries[layer], rng.randint(0, wait))


@cocotb.test()
async def reset_ends_a_load(dut):
    await start(dut, load_i=0, write_valid_i=0)
    for age in range(LATENCY + 1):
        await cycle(dut, load_i=1)
        for _ in range(age):
            await cycle(dut, load_i=0)
        await cycle(dut, rst_i=1, load_i=0)
        await cycle(dut, rst_i=0)
        for _ in range(LATENCY + 1):
            assert read(dut.valid_o) == 0, f"reset at age {age}"
            await cycle(dut)
