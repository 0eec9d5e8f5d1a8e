"""ds_reply_transmitter: cells of 64 bytes that an independent decoder reads, sums, statuses."""

import random
from binascii import crc32

import cocotb
from frames import Reply
from streams import RATES, Bench, Sink, Source

from contract import REPLY_FLAG, REPLY_PAYLOAD_BYTES, REPLY_WIRE_BYTES

CELLS = 4
CELL_CYCLES = 192  # as it leaves; it is made in 125
BYTE_CYCLES_IN = 2
BYTE_CYCLES_OUT = 3
LATENCY = 129  # from the first byte in to the first byte out
REPLY, SUM, TOTAL, STATUS = range(4)  # kinds


def reply(length: int) -> tuple[int, int, int, bytes]:
    """opcode, sequence, status, payload; with many zeros."""
    payload = bytes(random.choice((0, 0, random.getrandbits(8))) for _ in range(length))
    return random.getrandbits(7), random.getrandbits(8), random.choice((0, 3)), payload


def items(opcode: int, sequence: int, status: int, payload: bytes) -> list[tuple[int, int, int]]:
    data = bytes([opcode | REPLY_FLAG, sequence, status, len(payload)]) + payload
    return [(byte, REPLY, int(at == len(data) - 1)) for at, byte in enumerate(data)]


def cells(sink: Sink) -> list[tuple[int, int, int, bytes]]:
    wire = bytes(byte for (byte,) in sink.items)
    found = []
    for at in range(0, len(wire), REPLY_WIRE_BYTES):
        cell = Reply(wire[at : at + REPLY_WIRE_BYTES])
        found.append((cell.opcode, cell.sequence, cell.status, cell.payload))
    return found


def make(dut, rates=(1.0, 1.0)) -> tuple[Source, Sink, Bench]:
    source = Source(dut, "in", ["data", "kind", "last"], rates[0])
    sink = Sink(dut, "tx", ["data"], rates[1])
    dut.number_i.value, dut.recall_i.value = 0, 0
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
async def holds_four_cells_for_a_line_that_waits(dut):
    source, sink, bench = make(dut)
    await bench.start()
    sink.rate = 0.0
    replies = [reply(n) for n in range(CELLS + 2)]
    for one in replies:
        source.queue.extend(items(*one))
    left = sum(len(items(*one)) for one in replies[CELLS:])
    await bench.run((CELLS + 3) * CELL_CYCLES)
    assert len(source.queue) == left, "a fifth reply was begun, or the fourth was refused"
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
    assert sink.cycles[63] - sink.cycles[0] == 63 * BYTE_CYCLES_OUT


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def sums_come_before_a_reply(dut, rates):
    """Bytes to add up, four bytes of the sum, and cells as if there had been neither."""
    source, sink, bench = make(dut, rates)
    taken = []

    class Sums:
        def drive(self):
            pass

        def sample(self, _cycle):
            valid, ready = dut.in_valid_i.value == 1, dut.in_ready_o.value == 1
            if valid and ready and dut.in_kind_i.value == TOTAL and dut.rst_i.value == 0:
                taken.append(dut.sum_o.value.to_unsigned())

    bench.parts.insert(0, Sums())
    await bench.start()
    replies, expected = [], b""
    for length in range(12):
        added = random.randbytes(3 * length)
        expected += crc32(added).to_bytes(4, "little")
        source.queue.extend((byte, SUM, random.getrandbits(1)) for byte in added)
        source.queue.extend((random.getrandbits(8), TOTAL, random.getrandbits(1)) for _ in range(4))
        source.queue.append((random.randrange(7), STATUS, random.getrandbits(1)))
        replies.append(reply(length))
        source.queue.extend(items(*replies[-1]))
    await bench.until(lambda: len(sink.items) == REPLY_WIRE_BYTES * len(replies))
    assert bytes(taken) == expected
    assert cells(sink) == replies


@cocotb.test()
async def a_byte_in_two_cycles(dut):
    source, _, bench = make(dut)
    await bench.start()
    await bench.run(2)
    source.queue.extend((byte, SUM, 0) for byte in range(50))
    start = bench.cycle
    await bench.until(lambda: not source.queue)
    assert bench.cycle - start == 49 * BYTE_CYCLES_IN + 1
    await bench.run(3)
    # A status needs no check sum.
    source.queue.extend((status & 7, STATUS, 0) for status in range(50))
    start = bench.cycle
    await bench.until(lambda: not source.queue)
    assert bench.cycle - start == 50


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def statuses_are_kept_beside_cells(dut, rates):
    """Each number keeps its own, whatever leaves meanwhile; a recall takes nothing back."""
    source, sink, bench = make(dut, rates)
    await bench.start()
    kept = {}
    replies = []
    for number in random.sample(range(256), 256):
        await bench.until(lambda: not source.queue)
        await bench.run(1)
        dut.number_i.value = number
        kept[number] = random.randrange(7)
        source.queue.append((kept[number], STATUS, 0))
        if random.random() < 0.1:
            await bench.until(lambda: not source.queue)
            replies.append(reply(random.randrange(9)))
            source.queue.extend(items(*replies[-1]))
    await bench.until(lambda: not source.queue)
    await bench.run(1)
    for number in random.sample(range(256), 60):
        if random.random() < 0.3:
            replies.append(reply(random.randrange(9)))
            source.queue.extend(items(*replies[-1]))
            await bench.run(random.randrange(2 * CELL_CYCLES))
        dut.number_i.value, dut.recall_i.value = number, 1
        await bench.until(lambda: dut.recalled_o.value == 1)
        assert dut.answer_o.value.to_unsigned() == kept[number]
        dut.recall_i.value = 0
        await bench.run(1)
    await bench.until(lambda: len(sink.items) == REPLY_WIRE_BYTES * len(replies))
    assert cells(sink) == replies
