"""ds_layer_table: an entry 4 cycles after its load, and 1 more for each cycle without a grant."""

import cocotb
from harness import cycle, generator, pack, read, start

LATENCY = 4
MEMORY_LATENCY = 1
WORD_BITS = 64
LOADS = 500
QUIET = {"load_i": 0, "read_grant_i": 0}


class Memory:
    """Answers what was granted a cycle ago, else anything."""

    def __init__(self, dut, grants: float):
        self.dut = dut
        self.rng = generator()
        self.grants = grants
        self.entry = [0, 0]
        self.answers: list[int | None] = [None] * MEMORY_LATENCY
        self.withheld = 0

    async def tick(self, **inputs) -> None:
        dut, rng = self.dut, self.rng
        grant = int(rng.random() < self.grants)
        answer = self.answers.pop(0)
        data = rng.getrandbits(WORD_BITS) if answer is None else answer
        await cycle(dut, **{"load_i": 0, "read_grant_i": grant, "read_data_i": data, **inputs})
        asks = read(dut.read_valid_o)
        self.withheld += asks and not grant
        self.answers.append(self.entry[read(dut.read_word_o)] if asks and grant else None)


@cocotb.test()
@cocotb.parametrize(grants=[1.0, 0.7, 0.1], wait=[0, 6])
async def entries_follow_their_load(dut, grants, wait):
    """Steady until the next load, which may come as soon as the entry is valid."""
    await start(dut, **QUIET)
    memory = Memory(dut, grants)
    for load in range(LOADS):
        await memory.tick(load_i=1)
        assert read(dut.valid_o) == int(load > 0)
        memory.withheld = 0
        memory.entry = [memory.rng.getrandbits(WORD_BITS) for _ in range(2)]
        age = 0
        while age < LATENCY + memory.withheld:
            assert age == 0 or not read(dut.valid_o), f"valid_o after {age} cycles"
            await memory.tick()
            age += 1
        for _ in range(memory.rng.randint(0, wait)):
            assert read(dut.valid_o) == 1 and read(dut.read_valid_o) == 0
            await memory.tick()
        assert read(dut.valid_o) == 1, f"not valid after {age} cycles"
        assert read(dut.entry_o) == pack(memory.entry, WORD_BITS)


@cocotb.test()
async def reset_ends_a_load(dut):
    await start(dut, **QUIET)
    memory = Memory(dut, 1.0)
    for age in range(LATENCY + 1):
        await memory.tick(load_i=1)
        for _ in range(age):
            await memory.tick()
        await memory.tick(rst_i=1)
        await memory.tick(rst_i=0)
        for _ in range(LATENCY + 1):
            assert read(dut.valid_o) == 0 and read(dut.read_valid_o) == 0, f"reset at age {age}"
            await memory.tick()
