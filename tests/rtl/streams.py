"""Valid/ready streams for cocotb: sources that idle, sinks that push back, both checked.

Inputs change at the falling edge; what a rising edge will do is read just before it.
"""

import random
from collections import deque

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly

# Chance that a side is willing in a cycle: idle and back-pressure crossed.
RATES = [(1.0, 1.0), (0.3, 1.0), (1.0, 0.3), (0.5, 0.5)]


class Source:
    """Offers items (tuples, in the order of `fields`) and holds each until it is taken."""

    def __init__(self, dut, prefix: str, fields: list[str], rate: float = 1.0):
        self.valid = getattr(dut, f"{prefix}_valid_i")
        self.ready = getattr(dut, f"{prefix}_ready_o")
        self.fields = [getattr(dut, f"{prefix}_{field}_i") for field in fields]
        self.rate = rate
        self.queue: deque[tuple[int, ...]] = deque()
        self.offering = False

    def drive(self):
        if not self.offering:
            self.offering = bool(self.queue) and random.random() < self.rate
        self.valid.value = self.offering
        for number, field in enumerate(self.fields):
            noise = random.getrandbits(len(field))
            field.value = self.queue[0][number] if self.offering else noise

    def sample(self, _cycle: int):
        if self.offering and self.ready.value == 1:
            self.queue.popleft()
            self.offering = False


class Sink:
    """Collects items with the cycle they came in; what is offered must stay until it is taken."""

    def __init__(self, dut, prefix: str, fields: list[str], rate: float = 1.0):
        self.prefix = prefix
        self.valid = getattr(dut, f"{prefix}_valid_o")
        self.ready = getattr(dut, f"{prefix}_ready_i")
        self.fields = [getattr(dut, f"{prefix}_{field}_o") for field in fields]
        self.rate = rate
        self.items: list[tuple[int, ...]] = []
        self.cycles: list[int] = []
        self.waiting: tuple[int, ...] | None = None

    def drive(self):
        self.willing = random.random() < self.rate
        self.ready.value = self.willing

    def sample(self, cycle: int):
        if self.valid.value != 1:
            assert self.waiting is None, f"{self.prefix} took back {self.waiting}"
            return
        item = tuple(int(field.value) for field in self.fields)
        assert self.waiting in (None, item), f"{self.prefix} changed {self.waiting} to {item}"
        self.waiting = None if self.willing else item
        if self.willing:
            self.items.append(item)
            self.cycles.append(cycle)


class Bench:
    """The clock, and everything that moves with it: parts with `drive()` and `sample(cycle)`."""

    def __init__(self, dut, *parts):
        self.dut = dut
        self.parts = list(parts)
        self.cycle = 0

    async def start(self):
        cocotb.start_soon(Clock(self.dut.clk_i, 10, unit="ns").start())
        await FallingEdge(self.dut.clk_i)
        self.dut.rst_i.value = 1
        await self.run(3)
        self.dut.rst_i.value = 0
        # What was taken during reset does not count.
        for part in self.parts:
            if isinstance(part, Sink):
                part.items, part.cycles, part.waiting = [], [], None

    async def step(self):
        """From one falling edge to the next."""
        for part in self.parts:
            part.drive()
        await ReadOnly()
        self.cycle += 1
        for part in self.parts:
            part.sample(self.cycle)
        await FallingEdge(self.dut.clk_i)

    async def run(self, cycles: int):
        for _ in range(cycles):
            await self.step()

    async def until(self, done, limit: int = 100_000):
        start = self.cycle
        while not done():
            assert self.cycle - start < limit, f"not done after {limit} cycles"
            await self.step()


async def check_order(dut, rates, words=300):
    """Words of 8 bits from `in` to `out` at these rates: all of them, in order."""
    source = Source(dut, "in", ["data"], rates[0])
    sink = Sink(dut, "out", ["data"], rates[1])
    bench = Bench(dut, source, sink)
    await bench.start()
    sent = [(random.getrandbits(8),) for _ in range(words)]
    source.queue.extend(sent)
    await bench.until(lambda: len(sink.items) == words)
    await bench.run(20)
    assert sink.items == sent


async def check_latency_and_rate(dut, latency, words=50):
    """The first word after `latency` cycles, then one a cycle."""
    source, sink = Source(dut, "in", ["data"]), Sink(dut, "out", ["data"])
    bench = Bench(dut, source, sink)
    await bench.start()
    source.queue.extend((word,) for word in range(words))
    first = bench.cycle + 1
    await bench.until(lambda: len(sink.items) == words)
    assert sink.cycles == list(range(first + latency, first + latency + words))
