"""ds_frame_receiver: good frames come out whole, everything else is counted and leaves no trace."""

import random

import cocotb
from frames import cobs_encode, request, request_body, with_crc
from streams import RATES, Bench, Sink, Source

from contract import REQUEST_MAX_PAYLOAD, STALL_MS

LATENCY = 3
BYTE_CYCLES_IN = 2
BYTE_CYCLES_OUT = 3


class Receiver:
    def __init__(self, dut, rates=(1.0, 1.0)):
        self.dut = dut
        self.source = Source(dut, "rx", ["data"], rates[0])
        self.sink = Sink(dut, "out", ["data"], rates[1])
        self.bench = Bench(dut, self.source, self.sink)
        dut.elapsed_i.value = 0
        dut.told_i.value = 0

    async def pass_ms(self, milliseconds: int):
        self.dut.elapsed_i.value = milliseconds
        await self.bench.run(1)
        self.dut.elapsed_i.value = 0
        await self.bench.run(9)

    def send(self, wire: bytes):
        self.source.queue.extend((byte,) for byte in wire)

    def received(self) -> bytes:
        return bytes(byte for (byte,) in self.sink.items)

    async def settle(self):
        await self.bench.until(lambda: not self.source.queue)
        await self.bench.run(20)
        await self.bench.until(lambda: self.dut.idle_o.value == 1)

    def counts(self) -> tuple[int, int]:
        return self.dut.accepted_o.value.to_unsigned(), self.dut.discarded_o.value.to_unsigned()


def body(length: int) -> bytes:
    return request_body(random.getrandbits(8), random.getrandbits(8), random.randbytes(length))


def wire(frame: bytes) -> bytes:
    return cobs_encode(with_crc(frame))


def flip(frame: bytes) -> bytes:
    """One bit of the frame wrong, behind the CRC's back."""
    whole = bytearray(with_crc(frame))
    whole[random.randrange(len(whole))] ^= 1 << random.randrange(8)
    return cobs_encode(bytes(whole))


def bad_frames() -> dict[str, bytes]:
    good = body(20)
    lying = request_body(1, 2, bytes(10))
    return {
        "one bit wrong": flip(good),
        "truncated": wire(good)[:9] + b"\0",
        "truncated between two blocks": b"\x01\x01\x01\0",
        "one byte": cobs_encode(b"\x01"),
        "only a check sum": cobs_encode(with_crc(b"")),
        "longer than its length says": wire(lying + b"\1"),
        "shorter than its length says": wire(lying[:-1]),
        "oversize": wire(body(REQUEST_MAX_PAYLOAD + 1)),
        "garbage": bytes(random.randrange(1, 256) for _ in range(40)) + b"\0",
        "endless garbage": bytes(random.randrange(1, 256) for _ in range(5000)) + b"\0",
    }


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def good_frames_come_out_and_bad_ones_do_not(dut, rates):
    receiver = Receiver(dut, rates)
    await receiver.bench.start()
    expected = b""
    counts = (0, 0)
    lengths = [0, 1, 2, 255, 256, REQUEST_MAX_PAYLOAD]
    for name, bad in bad_frames().items():
        good = body(random.choice(lengths))
        receiver.send(bad + wire(good) + b"\0" * random.randrange(3))
        expected += good
        counts = (counts[0] + 1, counts[1] + 1)
        await receiver.settle()
        assert receiver.received() == expected, f"after a frame that is: {name}"
        assert receiver.counts() == counts, f"after a frame that is: {name}"


@cocotb.test()
async def each_single_bit_error_is_found(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()
    frame = with_crc(body(6))
    for bit in range(8 * len(frame)):
        broken = bytearray(frame)
        broken[bit // 8] ^= 1 << bit % 8
        receiver.send(cobs_encode(bytes(broken)))
    await receiver.settle()
    assert receiver.received() == b""
    assert receiver.counts() == (0, 8 * len(frame))


@cocotb.test()
async def a_frame_without_room_is_dropped_whole(dut):
    """Two of the largest frames do not fit 2048 bytes; 100 small ones go round the ring."""
    receiver = Receiver(dut)
    await receiver.bench.start()
    receiver.sink.rate = 0.0
    first, second, third = body(REQUEST_MAX_PAYLOAD), body(REQUEST_MAX_PAYLOAD), body(900)
    receiver.send(wire(first) + wire(second) + wire(third))
    await receiver.bench.until(lambda: not receiver.source.queue)
    await receiver.bench.run(20)
    assert receiver.counts() == (2, 1)
    receiver.sink.rate = 0.7
    await receiver.settle()
    assert receiver.received() == first + third
    small = [body(random.randrange(60)) for _ in range(100)]
    for frame in small:
        receiver.send(wire(frame))
    await receiver.settle()
    assert receiver.received() == first + third + b"".join(small)
    assert receiver.counts() == (102, 1)


@cocotb.test()
async def a_missed_frame_is_said_until_that_is_told_or_a_good_one_came(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()

    async def missed(sent: bytes) -> int:
        receiver.send(sent)
        await receiver.settle()
        return dut.missed_o.value

    good = wire(body(6))
    assert await missed(good) == 0
    for bad in bad_frames().values():
        assert await missed(bad) == 1
        assert await missed(good) == 0
        assert await missed(bad) == 1
        dut.told_i.value = 1
        await receiver.bench.run(1)
        dut.told_i.value = 0
        assert await missed(b"") == 0
    receiver.sink.rate = 0.0
    receiver.send(good + bad)
    await receiver.bench.until(lambda: not receiver.source.queue)
    await receiver.bench.run(20)
    assert dut.missed_o.value == 0, "while a good one waits, its answer says as much"
    receiver.sink.rate = 1.0
    assert await missed(b"") == 1


@cocotb.test()
async def a_stalled_frame_is_dropped(dut):
    """Wherever it stops: the next frame is as new, and what comes of the rest is one more."""
    receiver = Receiver(dut)
    await receiver.bench.start()
    frame = wire(body(12))
    expected, counts = b"", (0, 0)
    for stop in range(1, len(frame)):
        receiver.send(frame[:stop])
        await receiver.settle()
        await receiver.pass_ms(STALL_MS)
        assert receiver.counts() == counts, "too early"
        await receiver.pass_ms(1)
        assert receiver.counts() == (counts[0], counts[1] + 1), f"{stop} bytes"
        good = body(stop)
        receiver.send(wire(good))
        await receiver.settle()
        expected += good
        counts = (counts[0] + 1, counts[1] + 1)
        assert receiver.counts() == counts
        assert receiver.received() == expected
        if random.random() < 0.3:
            receiver.send(frame[:stop])
            await receiver.settle()
            await receiver.pass_ms(STALL_MS + 1)
            receiver.send(frame[stop:])
            await receiver.settle()
            rest = 0 if frame[stop:] == b"\0" else 1
            counts = (counts[0], counts[1] + 1 + rest)
            assert receiver.counts() == counts


@cocotb.test()
async def each_byte_gives_a_frame_new_time(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()
    frame = body(40)
    for byte in wire(frame):
        receiver.send(bytes([byte]))
        await receiver.settle()
        await receiver.pass_ms(STALL_MS)
    await receiver.settle()
    assert receiver.received() == frame
    # Even a delimiter in the last moment.
    receiver.send(wire(frame)[:-1])
    await receiver.settle()
    receiver.send(b"\0")
    await receiver.pass_ms(STALL_MS + 1)
    await receiver.settle()
    assert receiver.received() == frame * 2
    # Between frames, and after garbage that has ended, no time counts.
    await receiver.pass_ms(5 * STALL_MS)
    receiver.send(b"garbage\0")
    await receiver.settle()
    await receiver.pass_ms(5 * STALL_MS)
    assert receiver.counts() == (2, 1)


@cocotb.test()
async def good_frames_are_announced(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()

    class Announced:
        count = 0

        def drive(self):
            pass

        def sample(self, _cycle):
            self.count += dut.good_frame_o.value == 1

    announced = Announced()
    receiver.bench.parts.append(announced)
    for number in range(1, 6):
        receiver.send(flip(body(9)) + wire(body(number)))
        await receiver.settle()
        assert announced.count == number


@cocotb.test()
async def latency_and_rate(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()
    frame = body(50)
    receiver.send(wire(frame))
    await receiver.bench.until(lambda: not receiver.source.queue)
    delimiter = receiver.bench.cycle
    await receiver.settle()
    first = delimiter + LATENCY
    assert receiver.sink.cycles == [first + BYTE_CYCLES_OUT * at for at in range(len(frame))]


@cocotb.test()
async def takes_a_byte_in_two_cycles(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()
    frame = wire(body(50) + b"")
    receiver.send(frame)
    start = receiver.bench.cycle
    await receiver.bench.until(lambda: not receiver.source.queue)
    # The first byte is a code, the last one the delimiter: neither is of the frame.
    assert receiver.bench.cycle - start == BYTE_CYCLES_IN * (len(frame) - 2) + 2


@cocotb.test()
async def a_time_out_need_not_wait_for_the_byte_before(dut):
    """Also in each of the cycles in which that is added to the check sum."""
    receiver = Receiver(dut)
    await receiver.bench.start()
    for cycles in range(6):
        receiver.send(wire(body(12))[:7])
        await receiver.bench.until(lambda: not receiver.source.queue)
        await receiver.bench.run(cycles)
        await receiver.pass_ms(STALL_MS + 1)
        good = body(3)
        before = receiver.received()
        receiver.send(wire(good))
        await receiver.settle()
        assert receiver.received() == before + good
        assert receiver.counts() == (cycles + 1, cycles + 1)


@cocotb.test()
async def reset_forgets(dut):
    receiver = Receiver(dut)
    await receiver.bench.start()
    receiver.sink.rate = 0.0
    receiver.send(wire(body(30)) + wire(body(30))[:20])
    await receiver.bench.until(lambda: not receiver.source.queue)
    receiver.sink.rate = 1.0
    await receiver.bench.run(1)
    dut.rst_i.value = 1
    await receiver.bench.run(2)
    dut.rst_i.value = 0
    receiver.sink.items, receiver.sink.waiting = [], None
    frame = body(10)
    receiver.send(wire(frame))
    await receiver.settle()
    assert receiver.received() == frame
    assert receiver.counts() == (1, 0)
    assert request(1, 2) == wire(request_body(1, 2))
