"""ds_reply_transmitter: cells of 64 bytes that an independent decoder reads."""

import random

import cocotb
from frames import Reply
from streams import RATES, Bench, Sink, Source

from contract import REPLY_FLAG, REPLY_PAYLOAD_BYTES, REPLY_WIRE_BYTES

CELLS = 8
CELL_CYCLES = 64
LATENCY = 67  # from the first byte in to the first byte out


def reply(length: int) -> tuple[int, int, int, bytes]:
    """opcode, sequence, status, payload; with many zeros."""
    payload = bytes(random.choice((0, 0, random.getrandbits(8))) for _ in range(length))
    return random.getrandbits(7), random.getrandbits(8), random.choice((0, 3)), payload


def items(opcode: int, sequence: int, status: int, payload: bytes) -> list[tuple[int, int]]:
    data = bytes([opcode | REPLY_FLAG, sequence, status, len(payload)]) + payload
    return [(byte, int(at == len(data) - 1)) for at, byte in enumerate(data)]


def cells(sink: Sink) -> list[tuple[int, int, int, bytes]]:
    wire = bytes(byte for (byte,) in sink.items)
    found = []
    for at in range(0, len(wire), REPLY_WIRE_BYTES):
        cell = Reply(wire[at : at + REPLY_WIRE_BYTES])
        found.append((cell.opcode, cell.sequence, cell.status, cell.payload))
    return found


def make(dut, rates=(1.0, 1.0)) -> tuple[Source, Sink, Bench]:
    source = Source(dut, "in", ["data", "last"], rates[0])
    sink = Sink(dut, "tx", ["data"], rates[1])
    return source, sink, Bench(dut, source, sink)


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def replies_of_every_length(dut, rates):
    source, sink, bench = make(dut, rates)
    await bench.start()
    replies = [reply(length) for length in range(REPLY_PAYLOAD_BYTES + 1)]
    replies += [(1, 255, 0, b"\xff" * REPLY_PAYLOAD_BYTES), (1, 0, 0, bytes(REPLY_PAYLOAD_BYTES))]
    random.shuffle(replies)
    for one in replies:
        source.queue.extend(items(*one))
    await bench.until(lambda: len(sink.items) == REPLY_WIRE_BYTES * len(replies))
    await bench.run(200)
    assert cells(sink) == replies
    assert dut.idle_o.value == 1


@cocotb.test()
async def holds_eight_cells_for_a_line_that_waits(dut):
    source, sink, bench = make(dut)
    await bench.start()
    sink.rate = 0.0
    replies = [reply(n) for n in range(CELLS + 2)]
    for one in replies:
        source.queue.extend(items(*one))
    left = sum(len(items(*one)) for one in replies[CELLS:])
    await bench.run((CELLS + 3) * CELL_CYCLES)
    assert len(source.queue) == left, "a ninth reply was begun, or the eighth was refused"
    assert dut.idle_o.value == 0
    sink.rate = 1.0
    await bench.until(lambda: len(sink.items) == REPLY_WIRE_BYTES * len(replies))
    assert cells(sink) == replies


@cocotb.test()
async def latency_and_rate(dut):
    source, sink, bench = make(dut)
    await bench.start()
    for _ in range(3):
        source.queue.extend(items(*reply(0)))
    first = bench.cycle + 1
    await bench.until(lambda: len(sink.items) == 3 * REPLY_WIRE_BYTES)
    starts = sink.cycles[::REPLY_WIRE_BYTES]
    assert starts == [first + LATENCY + CELL_CYCLES * n for n in range(3)]
    assert sink.cycles[63] - sink.cycles[0] == 63
