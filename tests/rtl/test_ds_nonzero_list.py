"""ds_nonzero_list: one pair a cycle is written while pairs are read, with two banks of the other
one, with one bank those that are there. An index comes 2 cycles after its address, a value 1."""

import cocotb
from harness import anything, cycle, generator, parameter, read, start

INDEX_LATENCY = 2
VALUE_LATENCY = 1
LAYERS = 200


class Bench:
    """Drives a cycle with random reads and compares what was asked for."""

    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()
        self.depth, self.banks = parameter(dut, "Depth"), parameter(dut, "Banks")
        self.lists: list[list[tuple[int, int]]] = [[] for _ in range(self.banks)]
        self.indices: list[int | None] = [None] * INDEX_LATENCY
        self.values: list[int | None] = [None] * VALUE_LATENCY
        self.compared = 0

    async def tick(self, write_bank: int, read_bank: int, **inputs) -> None:
        dut, rng = self.dut, self.rng
        source = self.lists[read_bank]
        index_at, value_at = rng.randrange(self.depth), rng.randrange(self.depth)
        banks = {"write_bank_i": write_bank, "read_bank_i": read_bank}
        if self.banks == 1:
            banks = anything(dut, rng, *banks)
        await cycle(dut, **banks, read_addr_i=index_at, value_addr_i=value_at, **inputs)
        assert read(dut.read_count_o) == len(source)
        self.indices.append(source[index_at][0] if index_at < len(source) else None)
        self.values.append(source[value_at][1] if value_at < len(source) else None)
        index, value = self.indices.pop(0), self.values.pop(0)
        if index is not None:
            assert read(dut.read_index_o) == index
        if value is not None:
            assert read(dut.read_value_o) == value
        self.compared += (index is not None) + (value is not None)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def pairs_come_back_without_the_zeros(dut, idle):
    """Banks are swapped at every layer, as the layers of a network do; some overflow."""
    await start(dut, write_valid_i=0, write_bank_i=0, write_clear_i=1, read_bank_i=1)
    await cycle(dut, write_bank_i=1)
    bench = Bench(dut)
    rng, depth = bench.rng, bench.depth
    for layer in range(LAYERS):
        bank, other = layer % bench.banks, (layer + 1) % bench.banks
        await bench.tick(bank, other, write_valid_i=0, write_clear_i=1)
        bench.lists[bank] = []
        zeros = rng.choice([0.0, 0.5, 1.0])
        for now in range(rng.choice([0, 1, depth, 2 * depth])):
            value = 0 if rng.random() < zeros else rng.randrange(1, 1 << 16)
            valid = int(rng.random() >= idle)
            pair = {"write_index_i": now % depth, "write_value_i": value}
            pair = pair if valid else anything(dut, rng, *pair)
            await bench.tick(bank, other, write_clear_i=0, write_valid_i=valid, **pair)
            if valid and value and len(bench.lists[bank]) < depth:
                bench.lists[bank].append((now % depth, value))
        for _ in range(2 * depth):
            await bench.tick(bank, bank, write_valid_i=0, write_clear_i=0)
    assert bench.compared > LAYERS * depth / 2
