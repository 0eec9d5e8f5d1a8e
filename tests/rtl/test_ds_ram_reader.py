"""ds_ram_reader: a memory of latency 2 as a stream, without loss under back-pressure."""

import random

import cocotb
from streams import Bench, Sink

WORDS = 300
LATENCY = 3


class Memory:
    """Holds `words`; the next one is available with some chance, and arrives two cycles later."""

    def __init__(self, dut, words: list[int], rate: float):
        self.dut, self.words, self.rate = dut, words, rate
        self.at = 0
        self.pipeline: list[int | None] = [None, None]
        self.take_cycles: list[int] = []

    def drive(self):
        word = self.pipeline[0]
        self.dut.rdata_i.value = random.getrandbits(8) if word is None else word
        left = self.at < len(self.words)
        self.dut.available_i.value = left and random.random() < self.rate

    def sample(self, cycle: int):
        taken = self.dut.take_o.value == 1 and self.dut.rst_i.value == 0
        self.pipeline = [self.pipeline[1], self.words[self.at] if taken else None]
        if taken:
            self.at += 1
            self.take_cycles.append(cycle)


async def stream(dut, available: float, willing: float):
    memory = Memory(dut, [random.getrandbits(8) for _ in range(WORDS)], available)
    sink = Sink(dut, "out", ["data"], willing)
    bench = Bench(dut, memory, sink)
    await bench.start()
    await bench.until(lambda: len(sink.items) == WORDS)
    await bench.run(10)
    assert [word for (word,) in sink.items] == memory.words
    assert dut.empty_o.value == 1
    return memory, sink


@cocotb.test()
@cocotb.parametrize(available=[1.0, 0.4], willing=[1.0, 0.3])
async def words_pass_in_order(dut, available, willing):
    await stream(dut, available, willing)


@cocotb.test()
async def latency_and_rate(dut):
    memory, sink = await stream(dut, 1.0, 1.0)
    first = memory.take_cycles[0]
    assert memory.take_cycles == list(range(first, first + WORDS))
    assert sink.cycles == [cycle + LATENCY for cycle in memory.take_cycles]
