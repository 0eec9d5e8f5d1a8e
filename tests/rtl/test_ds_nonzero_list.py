"""ds_nonzero_list: one bank is written, one pair a cycle, while the other is read."""

import cocotb
from harness import anything, cycle, generator, parameter, read, start

LATENCY = 2
LAYERS = 200


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def pairs_come_back_without_the_zeros(dut, idle):
    """Banks are swapped at every layer, as the layers of a network do; some overflow."""
    rng = generator()
    depth, value_bits = parameter(dut, "Depth"), parameter(dut, "ValueBits")
    banks: list[list[tuple[int, int]]] = [[], []]
    await start(dut, write_valid_i=0, write_bank_i=0, write_clear_i=1, read_bank_i=1)
    await cycle(dut, write_bank_i=1)
    for layer in range(LAYERS):
        bank = layer % 2
        other = banks[1 - bank]
        await cycle(dut, write_bank_i=bank, read_bank_i=1 - bank, write_valid_i=0, write_clear_i=1)
        banks[bank] = []
        zeros = rng.choice([0.0, 0.5, 1.0])
        asked: list[int | None] = [None] * LATENCY
        for now in range(rng.choice([0, 1, depth, 2 * depth])):
            address = rng.randrange(depth)
            pair = (now % depth, 0 if rng.random() < zeros else rng.getrandbits(value_bits))
            valid = int(rng.random() >= idle)
            ignored = {} if valid else anything(dut, rng, "write_index_i", "write_value_i")
            await cycle(
                dut,
                write_clear_i=0,
                write_valid_i=valid,
                **{"write_index_i": pair[0], "write_value_i": pair[1], **ignored},
                read_addr_i=address,
            )
            asked.append(address)
            want = asked.pop(0)
            assert read(dut.read_count_o) == len(other)
            if want is not None and want < len(other):
                got = (read(dut.read_index_o), read(dut.read_value_o))
                assert got == other[want], f"layer {layer} pair {want}"
            if valid and pair[1] and len(banks[bank]) < depth:
                banks[bank].append(pair)
        await cycle(dut, write_valid_i=0, write_clear_i=0, read_bank_i=bank)
        assert read(dut.read_count_o) == len(banks[bank]), f"layer {layer}"
        for address in range(len(banks[bank])):
            await cycle(dut, read_addr_i=address)
            await cycle(dut)
            await cycle(dut)
            got = (read(dut.read_index_o), read(dut.read_value_o))
            assert got == banks[bank][address], f"layer {layer} pair {address}"
