"""ds_ram_reader: a memory of latency 2 as a stream, without loss under back-pressure."""

import random

import cocotb
from streams import Bench

WORDS = 200
LATENCY = 2
WORD_CYCLES = 3


class Memory:
    """Its words, one after the other, are there with some chance; what is there stays."""

    def __init__(self, dut, rate: float, willing: float):
        self.dut, self.rate, self.willing = dut, rate, willing
        self.address = 0
        self.available = False
        self.pipeline = [None, None]  # addresses whose words are under way
        self.since = 0  # cycle in which the word under way came
        self.taken: list[int] = []
        self.delays: list[int] = []
        self.cycles: list[int] = []
        self.offered = False

    def drive(self):
        if not self.available and self.address < WORDS:
            self.available = random.random() < self.rate
            self.since = None
        self.dut.available_i.value = self.available
        self.dut.out_ready_i.value = random.random() < self.willing

    def sample(self, cycle: int):
        if self.dut.rst_i.value == 1:
            return
        if self.since is None:
            self.since = cycle
        valid, take = self.dut.out_valid_o.value == 1, self.dut.take_o.value == 1
        assert valid or not self.offered, "took back a word"
        assert take == (valid and self.dut.out_ready_i.value == 1)
        if valid:
            assert self.available and self.pipeline[0] == self.address, "not the word"
        if valid and not self.offered:
            self.delays.append(cycle - self.since)
        self.offered = valid and not take
        self.pipeline = [self.pipeline[1], self.address]
        if take:
            self.taken.append(self.address)
            self.cycles.append(cycle)
            self.address += 1
            self.available = self.address < WORDS and random.random() < self.rate
            self.since = cycle + 1


async def stream(dut, rate: float, willing: float) -> Memory:
    memory = Memory(dut, rate, willing)
    bench = Bench(dut, memory)
    await bench.start()
    await bench.until(lambda: len(memory.taken) == WORDS)
    await bench.run(10)
    assert memory.taken == list(range(WORDS))
    assert set(memory.delays) == {LATENCY}
    return memory


@cocotb.test()
@cocotb.parametrize(rate=[1.0, 0.4], willing=[1.0, 0.3])
async def words_pass_in_order(dut, rate, willing):
    await stream(dut, rate, willing)


@cocotb.test()
async def rate(dut):
    memory = await stream(dut, 1.0, 1.0)
    first = memory.cycles[0]
    assert memory.cycles == [first + WORD_CYCLES * at for at in range(WORDS)]
