"""ds_stream_reg: order, hold, latency of 1 and a word a cycle."""

import random

import cocotb
from streams import RATES, Bench, Sink, Source

WORDS = 300
LATENCY = 1


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def words_pass_in_order(dut, rates):
    source = Source(dut, "in", ["data"], rates[0])
    sink = Sink(dut, "out", ["data"], rates[1])
    bench = Bench(dut, source, sink)
    await bench.start()
    words = [(random.getrandbits(8),) for _ in range(WORDS)]
    source.queue.extend(words)
    await bench.until(lambda: len(sink.items) == WORDS)
    await bench.run(20)
    assert sink.items == words


@cocotb.test()
async def latency_and_rate(dut):
    source, sink = Source(dut, "in", ["data"]), Sink(dut, "out", ["data"])
    bench = Bench(dut, source, sink)
    await bench.start()
    source.queue.extend((word,) for word in range(50))
    first = bench.cycle + 1
    await bench.until(lambda: len(sink.items) == 50)
    assert sink.cycles == list(range(first + LATENCY, first + LATENCY + 50))
