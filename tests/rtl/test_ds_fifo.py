"""ds_fifo: order, hold, capacity, latency of 1 and a word a cycle."""

import cocotb
from streams import RATES, Bench, Sink, Source, check_latency_and_rate, check_order

LATENCY = 1
DEPTH = 4


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def words_pass_in_order(dut, rates):
    await check_order(dut, rates)


@cocotb.test()
async def latency_and_rate(dut):
    await check_latency_and_rate(dut, LATENCY)


@cocotb.test()
async def holds_depth_words_and_counts_them(dut):
    source, sink = Source(dut, "in", ["data"]), Sink(dut, "out", ["data"], rate=0.0)
    bench = Bench(dut, source, sink)
    await bench.start()
    source.queue.extend((word,) for word in range(DEPTH + 3))
    await bench.run(2 * DEPTH)
    assert len(source.queue) == 3, "words taken while full, or refused while not"
    assert dut.count_o.value.to_unsigned() == DEPTH
    sink.rate = 1.0
    await bench.until(lambda: len(sink.items) == DEPTH + 3)
    await bench.run(2)
    assert sink.items == [(word,) for word in range(DEPTH + 3)]
    assert dut.count_o.value.to_unsigned() == 0
