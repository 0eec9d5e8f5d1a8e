"""ds_link against a model of the core: every request one reply, every effect once."""

import random
import struct
from binascii import crc32
from collections import deque

import cocotb
from frames import Reply, cobs_encode, request, request_body, span, with_crc, words
from images import entries, image, malformed, part, parts, random_runs
from streams import RATES, Bench, Sink, Source

import contract as c

WRITABLE = [c.REGION_WEIGHTS, c.REGION_BIASES, c.REGION_UNITS, c.REGION_TRAINING]
READABLE = [*WRITABLE, c.REGION_SLOPES]
WIDTH = 784


def contents(region: int, address: int) -> int:
    """What the model's memories hold."""
    return (region * 0x01234567 + address * 0x9E3779B1) & 0xFFFFFFFF


class Core:
    """The core's side of its port. Busy after each image and each new batch."""

    def __init__(self, dut, busy: int = 0):
        self.dut, self.busy = dut, busy
        self.writes: list[tuple[int, int, int]] = []
        self.images: list[tuple[int, list[tuple[int, int]]]] = []
        self.entries: list[tuple[int, int]] = []
        self.batches = 0
        self.left = 0
        self.answer: tuple[int, int] | None = None  # cycles, word
        self.last_write = 0

    def drive(self):
        self.dut.idle_i.value = self.left == 0
        self.dut.image_free_i.value = self.left == 0
        self.dut.images_i.value = len(self.images)
        arrived = self.answer is not None and self.answer[0] == 0
        self.dut.host_rvalid_i.value = arrived
        self.dut.host_rdata_i.value = self.answer[1] if arrived else random.getrandbits(32)
        if arrived:
            self.answer = None

    def sample(self, cycle: int):
        dut = self.dut
        if dut.rst_i.value == 1:
            return
        self.left = max(0, self.left - 1)
        if self.answer is not None:
            self.answer = (self.answer[0] - 1, self.answer[1])
        write, read = dut.host_write_o.value == 1, dut.host_read_o.value == 1
        if write or read:
            self.access(write, cycle)
        if dut.begin_batch_o.value == 1:
            self.batches += 1
            self.left = random.randrange(self.busy + 1)
        self.sample_image()

    def access(self, write: bool, cycle: int):
        dut = self.dut
        assert dut.idle_i.value == 1, "access while the core is busy"
        region = dut.host_region_o.value.to_unsigned()
        address = dut.host_addr_o.value.to_unsigned()
        if write and region == c.REGION_REGISTERS:
            return
        if write:
            assert region in WRITABLE
            self.last_write = cycle
            self.writes.append((region, address, dut.host_wdata_o.value.to_unsigned()))
        else:
            assert self.answer is None, "two reads at once"
            self.answer = (random.randrange(1, 5), contents(region, address))

    def sample_image(self):
        dut = self.dut
        if dut.image_write_o.value == 1:
            assert dut.image_free_i.value == 1
            entry = (dut.image_index_o.value.to_unsigned(), dut.image_value_o.value.to_unsigned())
            self.entries.append(entry)
        if dut.image_commit_o.value == 1:
            assert dut.image_free_i.value == 1
            self.images.append((dut.image_label_o.value.to_unsigned(), self.entries))
            self.entries = []
            self.left = random.randrange(self.busy + 1)
        if dut.image_clear_o.value == 1:
            self.entries = []


class Link:
    def __init__(self, dut, rates=(1.0, 1.0), busy: int = 0):
        self.dut = dut
        self.source = Source(dut, "rx", ["data"], rates[0])
        self.sink = Sink(dut, "tx", ["data"], rates[1])
        self.core = Core(dut, busy)
        self.bench = Bench(dut, self.source, self.sink, self.core)
        self.taken = 0
        dut.skip_ms_i.value = 0
        dut.line_idle_i.value = 1
        dut.line_break_i.value = 0

    async def skip(self, milliseconds: int):
        """Time passes."""
        self.dut.skip_ms_i.value = milliseconds
        await self.bench.run(1)
        self.dut.skip_ms_i.value = 0
        await self.bench.run(9)

    async def start(self):
        await self.bench.start()

    def send(self, wire: bytes):
        self.source.queue.extend((byte,) for byte in wire)

    async def reply(self) -> Reply:
        """The next one; the parts of the bench go on until it is there."""
        end = self.taken + c.REPLY_WIRE_BYTES
        await self.bench.until(lambda: len(self.sink.items) >= end, limit=20_000)
        wire = bytes(byte for (byte,) in self.sink.items[self.taken : end])
        self.taken = end
        return Reply(wire)

    async def ask(self, opcode: int, sequence: int, payload: bytes = b"") -> Reply:
        self.send(request(opcode, sequence, payload))
        reply = await self.reply()
        assert (reply.opcode, reply.sequence) == (opcode & 0x7F, sequence & 0xFF)
        return reply

    async def expect(self, status: int, opcode: int, sequence: int, payload: bytes = b"") -> Reply:
        reply = await self.ask(opcode, sequence, payload)
        assert reply.status == status, f"status {reply.status}, expected {status}"
        if status not in (c.STATUS_OK, c.STATUS_OUT_OF_ORDER):
            assert reply.payload == b""
        return reply

    async def told(self, expected: int):
        """The reply that nobody asked for."""
        reply = await self.reply()
        assert (reply.status, reply.payload) == (c.STATUS_DAMAGED, bytes([expected]))

    async def quiet(self):
        """No reply but those that were waited for, and everything at rest."""
        await self.bench.run(300)
        await self.bench.until(lambda: self.dut.idle_o.value == 1)
        assert len(self.sink.items) == self.taken, "a reply too many"


async def identified(dut, sequence: int, **options) -> Link:
    """A link that expects `sequence` next."""
    link = Link(dut, **options)
    await link.start()
    await link.expect(c.STATUS_OK, c.OPCODE_IDENTIFY, sequence - 1, b"ping")
    return link


def parameter(dut, name: str) -> int:
    return int(getattr(dut, name).value)


@cocotb.test()
async def identity(dut):
    link = Link(dut)
    await link.start()
    reply = await link.expect(c.STATUS_OK, c.OPCODE_IDENTIFY, 77, b"\x01\x00\xfe\x80")
    assert reply.payload[:4] == b"\x01\x00\xfe\x80"
    names = ["BoardId", "Lanes", "ClockHz", "Baud", "WeightRows", "Neurons", "Inputs", "MaxWidth"]
    names += ["Layers", "Activations", "RecordWords", "BufferBytes", "TrainRows"]
    version, crc, *values = struct.unpack("<HIBBIIHHHHBBHHH", reply.payload[4:])
    assert len(reply.payload) == 4 + c.IDENTITY_BYTES
    assert (version, crc) == (1, c.CONTRACT_CRC)
    assert values == [parameter(dut, name) for name in names]
    await link.expect(c.STATUS_OK, c.OPCODE_RUN, 78)
    await link.expect(c.STATUS_BAD_LENGTH, c.OPCODE_IDENTIFY, 5, b"nonce")
    await link.expect(c.STATUS_OK, c.OPCODE_RUN, 6)
    await link.quiet()


@cocotb.test()
async def the_sequence_rule(dut):
    """All 256 distances from the expected number, across the wrap."""
    link = await identified(dut, 200)
    read = span(c.REGION_UNITS, 3, 2)
    write = words(c.REGION_BIASES, 1, [5])
    for distance in range(1, 256):
        sequence = 200 + distance
        if distance < 128:
            opcode, payload = random.choice(((c.OPCODE_WRITE, write), (c.OPCODE_READ, read)))
            reply = await link.expect(c.STATUS_OUT_OF_ORDER, opcode, sequence, payload)
            assert reply.payload == bytes([200])
        else:
            await link.expect(c.STATUS_DUPLICATE, c.OPCODE_WRITE, sequence, write)
            reply = await link.expect(c.STATUS_OK, c.OPCODE_READ, sequence, read)
            assert reply.words() == [contents(c.REGION_UNITS, 3), contents(c.REGION_UNITS, 4)]
    assert link.core.writes == []
    await link.expect(c.STATUS_DUPLICATE, c.OPCODE_RUN, 199, image(1, [(0, [1])]))
    await link.expect(c.STATUS_OUT_OF_ORDER, c.OPCODE_RUN, 201, image(1, [(0, [1])]))
    await link.expect(c.STATUS_DUPLICATE, 99, 199)
    assert link.core.images == [] and link.core.entries == []
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 200, write)
    await link.expect(c.STATUS_DUPLICATE, c.OPCODE_WRITE, 200, write)
    assert link.core.writes == [(c.REGION_BIASES, 1, 5)]
    for sequence in range(201, 201 + 60):
        await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence & 0xFF)
    await link.quiet()


@cocotb.test()
async def identify_at_every_distance(dut):
    """Any number begins anew, and what was answered to all others is forgotten."""
    link = Link(dut)
    await link.start()
    expected = 0
    for distance in [0, 1, 2, 3, 126, 127, 128, 129, *range(248, 256)]:
        await link.expect(c.STATUS_BAD_OPCODE, 0, expected)
        refused, sequence = expected, expected + 1 + distance
        await link.expect(c.STATUS_OK, c.OPCODE_IDENTIFY, sequence, b"ping")
        for number in [*range(sequence - 5, sequence + 1), refused]:
            if (sequence - number) & 0xFF < 128:
                await link.expect(c.STATUS_DUPLICATE, 0, number)
        await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence + 1)
        expected = (sequence + 2) & 0xFF
    await link.quiet()


@cocotb.test()
async def refused_requests_advance_the_sequence(dut):
    link = await identified(dut, 0)
    one = words(c.REGION_BIASES, 0, [1])
    cases = [
        (c.STATUS_BAD_OPCODE, 0, b""),
        (c.STATUS_BAD_OPCODE, 7, b"payload"),
        (c.STATUS_BAD_OPCODE, 0x84, b""),
        (c.STATUS_BAD_LENGTH, c.OPCODE_WRITE, b""),
        (c.STATUS_BAD_LENGTH, c.OPCODE_WRITE, one[:3]),
        (c.STATUS_BAD_LENGTH, c.OPCODE_WRITE, one[:-1]),
        (c.STATUS_BAD_LENGTH, c.OPCODE_WRITE, one + b"\1\1"),
        (c.STATUS_BAD_LENGTH, c.OPCODE_WRITE, words(c.REGION_WEIGHTS, 0, [1], size=2)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_READ, b""),
        (c.STATUS_BAD_LENGTH, c.OPCODE_READ, span(c.REGION_UNITS, 0, 1)[:-1]),
        (c.STATUS_BAD_LENGTH, c.OPCODE_READ, span(c.REGION_UNITS, 0, 1) + b"\1"),
        (c.STATUS_BAD_LENGTH, c.OPCODE_READ, span(c.REGION_UNITS, 0, c.MAX_READ_WORDS + 1)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_READ, span(c.REGION_UNITS, 0, 255)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_CHECKSUM, b""),
        (c.STATUS_BAD_LENGTH, c.OPCODE_CHECKSUM, span(c.REGION_UNITS, 0, 1)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_CHECKSUM, total(c.REGION_UNITS, 0, 1) + b"\0"),
        (c.STATUS_BAD_LENGTH, c.OPCODE_CHECKSUM, total(c.REGION_UNITS, 0, 1 << 24)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_ECHO, bytes(c.REPLY_PAYLOAD_BYTES + 1)),
        (c.STATUS_BAD_LENGTH, c.OPCODE_ECHO, bytes(c.REQUEST_MAX_PAYLOAD)),
    ]
    for region in [*range(6, 20), 0x12, 0x82, 255]:
        cases.append((c.STATUS_BAD_REGION, c.OPCODE_CHECKSUM, total(region, 0, 1)))
        cases.append((c.STATUS_BAD_REGION, c.OPCODE_READ, span(region, 0, 1)))
        cases.append((c.STATUS_BAD_REGION, c.OPCODE_WRITE, words(region, 0, [1])))
    for region in set(READABLE) - set(WRITABLE):
        cases.append((c.STATUS_BAD_REGION, c.OPCODE_WRITE, words(region, 0, [1])))
    for sequence, (status, opcode, payload) in enumerate(cases):
        await link.expect(status, opcode, sequence, payload)
    assert link.core.writes == []
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, len(cases), one)
    # Their replies were lost: each gets its own again, in any order, as often as it asks.
    for sequence in random.choices(range(len(cases)), k=len(cases)):
        status, opcode, payload = cases[sequence]
        await link.expect(status, opcode, sequence, payload)
    await link.expect(c.STATUS_DUPLICATE, c.OPCODE_WRITE, len(cases), one)
    assert link.core.writes == [(c.REGION_BIASES, 0, 1)]
    # A new host knows nothing of them, and numbers come round again.
    await link.expect(c.STATUS_OK, c.OPCODE_IDENTIFY, len(cases), b"next")
    for sequence, (_, opcode, payload) in enumerate(cases):
        if opcode in (c.OPCODE_WRITE, 0, 7, 0x84):
            await link.expect(c.STATUS_DUPLICATE, opcode, sequence, payload)
    start = len(cases) + 1
    await link.expect(c.STATUS_BAD_OPCODE, 0, start)
    for sequence in range(start + 1, start + 256):
        await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence)
    await link.expect(c.STATUS_OK, c.OPCODE_RUN, start)
    await link.expect(c.STATUS_DUPLICATE, c.OPCODE_RUN, start)
    await link.quiet()


def total(region: int, address: int, count: int) -> bytes:
    """Payload of a checksum."""
    return span(region, address, 0)[:-1] + struct.pack("<I", count)


def sum_of(region: int, address: int, count: int) -> int:
    held = (contents(region, (address + at) & 0xFFFFFF) for at in range(count))
    return crc32(b"".join(word.to_bytes(4, "little") for word in held))


@cocotb.test()
@cocotb.parametrize(rates=RATES, busy=[0, 200])
async def checksums(dut, rates, busy):
    link = await identified(dut, 0, rates=rates, busy=busy)
    asked = []
    for sequence, region in enumerate(READABLE * 2):
        address = random.choice((0, 0xFFFFF0, random.getrandbits(24)))
        count = random.choice((0, 1, 2, 3, random.randrange(80)))
        asked.append((sequence, region, address, count))
        link.send(request(c.OPCODE_CHECKSUM, sequence, total(region, address, count)))
        if random.random() < 0.7:
            await take_sum(link, asked.pop(0))
    while asked:
        await take_sum(link, asked.pop(0))
    # Asked again it is added up again.
    await link.expect(c.STATUS_OK, c.OPCODE_CHECKSUM, 3, total(c.REGION_UNITS, 9, 20))
    # Afterwards everything else is as before.
    read = await link.expect(c.STATUS_OK, c.OPCODE_READ, sequence + 1, span(c.REGION_WEIGHTS, 5, 3))
    assert read.words() == [contents(c.REGION_WEIGHTS, at) for at in (5, 6, 7)]
    await link.quiet()


async def take_sum(link: Link, asked: tuple[int, int, int, int]):
    reply = await link.reply()
    assert (reply.status, reply.opcode) == (c.STATUS_OK, c.OPCODE_CHECKSUM)
    assert reply.sequence == asked[0]
    assert reply.words() == [sum_of(*asked[1:])], asked


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def echoes(dut, rates):
    link = await identified(dut, 0, rates=rates)
    sent = [random.randbytes(length) for length in (0, 1, 2, c.REPLY_PAYLOAD_BYTES)]
    sent += [random.randbytes(random.randrange(c.REPLY_PAYLOAD_BYTES + 1)) for _ in range(10)]
    for sequence, payload in enumerate(sent):
        reply = await link.ask(c.OPCODE_ECHO, sequence, payload)
        assert (reply.status, reply.payload) == (c.STATUS_OK, payload)
        reply = await link.ask(c.OPCODE_ECHO, sequence, payload)
        assert (reply.status, reply.payload) == (c.STATUS_OK, payload)
    await link.expect(c.STATUS_OUT_OF_ORDER, c.OPCODE_ECHO, 50, b"far")
    await link.quiet()


@cocotb.test()
async def cycles_of_a_checksum(dut):
    """A word costs 8 cycles and the core's latency of 1 to 5 cycles."""
    link = await identified(dut, 0)
    took = []
    for sequence, count in enumerate((100, 200)):
        before = link.bench.cycle
        await link.expect(c.STATUS_OK, c.OPCODE_CHECKSUM, sequence, total(c.REGION_UNITS, 0, count))
        took.append(link.bench.cycle - before)
    assert 100 * (8 + 1) <= took[1] - took[0] <= 100 * (8 + 5)


@cocotb.test()
@cocotb.parametrize(rates=RATES, busy=[0, 200])
async def accesses(dut, rates, busy):
    """Random writes and reads of every region and length, several frames under way."""
    link = await identified(dut, 0, rates=rates, busy=busy)
    expected_writes = []
    expected = deque()
    batches = 0
    for sequence in range(24):
        kind = random.choice(("write", "read", "batch"))
        address = random.choice((0, 0xFFFFF0, random.getrandbits(24) & 0xFFFF00))
        if kind == "write":
            region = random.choice(WRITABLE)
            count = random.choice((0, 1, 2, random.randrange(60)))
            values = [random.getrandbits(32) for _ in range(count)]
            for at, value in enumerate(values):
                entry = (region, (address + at) & 0xFFFFFF, value)
                expected_writes.append(entry)
            link.send(request(c.OPCODE_WRITE, sequence, words(region, address, values)))
            expected.append((c.OPCODE_WRITE, sequence, []))
        elif kind == "read":
            region = random.choice(READABLE)
            count = random.randrange(c.MAX_READ_WORDS + 1)
            link.send(request(c.OPCODE_READ, sequence, span(region, address, count)))
            found = [contents(region, (address + at) & 0xFFFFFF) for at in range(count)]
            expected.append((c.OPCODE_READ, sequence, found))
        else:
            batch = words(c.REGION_REGISTERS, c.REGISTER_BEGIN_BATCH, [random.getrandbits(32)])
            link.send(request(c.OPCODE_WRITE, sequence, batch))
            expected.append((c.OPCODE_WRITE, sequence, []))
            batches += 1
        while len(expected) > random.randrange(4):
            reply = await link.reply()
            assert reply.status == c.STATUS_OK
            assert (reply.opcode, reply.sequence, reply.words()) == expected.popleft()
    while expected:
        reply = await link.reply()
        assert (reply.opcode, reply.sequence, reply.words()) == expected.popleft()
    await link.quiet()
    assert link.core.writes == expected_writes
    assert link.core.batches == batches


@cocotb.test()
async def registers(dut):
    link = await identified(dut, 1)
    settings = words(c.REGION_REGISTERS, c.REGISTER_LAYER_COUNT, [128, 1024, 1])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 1, settings)
    assert dut.layer_count_o.value.to_unsigned() == 128
    assert dut.input_width_o.value.to_unsigned() == 1024
    assert dut.cost_o.value == c.COST_QUADRATIC
    readonly = words(c.REGION_REGISTERS, c.REGISTER_IMAGES, [9, 9, 9])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 2, readonly)
    far = words(c.REGION_REGISTERS, 0x010000, [7, 7, 0, 7])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 3, far)
    link.send(b"not a frame\0")
    await link.told(4)
    await link.expect(c.STATUS_OK, c.OPCODE_RUN, 4, image(3, [(2, [1])]))
    reply = await link.expect(c.STATUS_OK, c.OPCODE_READ, 5, span(c.REGION_REGISTERS, 0, 11))
    safe = (parameter(dut, "ClockHz") + c.SAFE_BAUD // 2) // c.SAFE_BAUD
    values = reply.words()
    assert values[c.REGISTER_IMAGES] == 1
    assert values[c.REGISTER_FRAMES_ACCEPTED] == 6
    assert values[c.REGISTER_FRAMES_DISCARDED] == 1
    assert values[c.REGISTER_BAUD_DIVISOR] == safe
    injection = words(c.REGION_REGISTERS, c.REGISTER_INJECT_LAYER, [127, -4096])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 6, injection)
    assert dut.inject_layer_o.value.to_unsigned() == 127
    assert dut.inject_exponent_o.value.to_signed() == -4096
    for sequence, on in enumerate((1, 0, 1), start=7):
        blink = words(c.REGION_REGISTERS, c.REGISTER_BLINK, [on])
        await link.expect(c.STATUS_OK, c.OPCODE_WRITE, sequence, blink)
        assert dut.blink_o.value == on
        assert dut.observe_o.value == 0
    observe = words(c.REGION_REGISTERS, c.REGISTER_OBSERVE, [1])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 10, observe)
    assert dut.observe_o.value == 1
    assert link.core.batches == 0
    await link.quiet()


@cocotb.test()
@cocotb.parametrize(rates=RATES, busy=[0, 300])
async def images(dut, rates, busy):
    link = await identified(dut, 0, rates=rates, busy=busy)
    width = words(c.REGION_REGISTERS, c.REGISTER_INPUT_WIDTH, [WIDTH])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 0, width)
    expected = []
    for sequence in range(1, 10):
        payload = b""
        for _ in range(random.randrange(4)):
            label, wide = random.getrandbits(8), random.random() < 0.3
            runs = random_runs(WIDTH, wide)
            if len(payload + image(label, runs, wide)) > c.REQUEST_MAX_PAYLOAD:
                break
            payload += image(label, runs, wide)
            expected.append((label, entries(runs, wide)))
        await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence, payload)
        assert link.core.images == expected, "the reply came before the image"
    await link.quiet()


@cocotb.test()
@cocotb.parametrize(rates=RATES, busy=[0, 300])
async def images_in_parts(dut, rates, busy):
    link = await identified(dut, 0, rates=rates, busy=busy)
    width = words(c.REGION_REGISTERS, c.REGISTER_INPUT_WIDTH, [WIDTH])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 0, width)
    expected = []
    sequence = 1
    for _ in range(5):
        if random.random() < 0.3:  # abandoned
            left_open = part(7, [(0, [9])], is_open=True)
            await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence, left_open)
            sequence += 1
        label, wide = random.getrandbits(8), random.random() < 0.3
        runs = random_runs(WIDTH, wide)
        expected.append((label, entries(runs, wide)))
        for piece in parts(label, runs, wide):
            await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence, piece)
            if random.random() < 0.3:
                await link.expect(c.STATUS_DUPLICATE, c.OPCODE_RUN, sequence, piece)
            sequence += 1
        assert link.core.images == expected
    alone = part(7, [(0, [9])], continued=True)
    await link.expect(c.STATUS_BAD_IMAGE, c.OPCODE_RUN, sequence, alone)
    await link.quiet()
    assert link.core.images == expected


@cocotb.test()
async def a_stalled_frame_costs_only_itself(dut):
    link = await identified(dut, 0)
    write = words(c.REGION_BIASES, 4, [77])
    torn = request(c.OPCODE_WRITE, 0, write)
    link.send(torn[:9])
    await link.bench.run(50)
    await link.skip(c.STALL_MS + 1)
    await link.told(0)
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 0, write)
    reply = await link.expect(
        c.STATUS_OK, c.OPCODE_READ, 1, span(c.REGION_REGISTERS, c.REGISTER_FRAMES_DISCARDED, 1)
    )
    assert reply.words() == [1]
    # A pause within the time is none.
    frame = request(c.OPCODE_WRITE, 2, write)
    link.send(frame[:9])
    await link.bench.run(50)
    await link.skip(c.STALL_MS)
    link.send(frame[9:])
    assert (await link.reply()).status == c.STATUS_OK
    await link.quiet()


@cocotb.test()
async def the_baud_changes_after_the_reply(dut):
    link = await identified(dut, 0)
    safe = dut.divisor_o.value.to_unsigned()
    write = words(c.REGION_REGISTERS, c.REGISTER_BAUD_DIVISOR, [24])
    link.send(request(c.OPCODE_WRITE, 0, write))
    end = link.taken + c.REPLY_WIRE_BYTES
    while len(link.sink.items) < end:
        assert dut.divisor_o.value.to_unsigned() == safe
        if len(link.sink.items) == end - 1:
            dut.line_idle_i.value = 0  # the UART has the last byte, and takes its time
        await link.bench.step()
    await link.bench.run(40)
    assert dut.divisor_o.value.to_unsigned() == safe
    dut.line_idle_i.value = 1
    await link.bench.run(2)
    assert dut.divisor_o.value.to_unsigned() == 24
    assert (await link.reply()).status == c.STATUS_OK
    # Nobody speaks it: back to the safe one.
    await link.skip(c.BAUD_REVERT_MS + 1)
    assert dut.divisor_o.value.to_unsigned() == safe
    await link.expect(c.STATUS_DUPLICATE, c.OPCODE_WRITE, 0, write)
    await link.bench.run(5)
    assert dut.divisor_o.value.to_unsigned() == safe, "a repeated request changes nothing"
    # Somebody does: it stays, until a break.
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 1, write)
    await link.bench.run(5)
    await link.expect(c.STATUS_OK, c.OPCODE_ECHO, 2)
    await link.skip(c.BAUD_REVERT_MS + 1)
    reply = await link.expect(
        c.STATUS_OK, c.OPCODE_READ, 3, span(c.REGION_REGISTERS, c.REGISTER_BAUD_DIVISOR, 1)
    )
    assert reply.words() == [24]
    dut.line_break_i.value = 1
    await link.bench.run(1)
    dut.line_break_i.value = 0
    await link.bench.run(1)
    assert dut.divisor_o.value.to_unsigned() == safe
    # What does not fit 16 bits is not a divisor.
    large = words(c.REGION_REGISTERS, c.REGISTER_BAUD_DIVISOR, [0x10018])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 4, large)
    await link.bench.run(5)
    assert dut.divisor_o.value.to_unsigned() == safe
    await link.quiet()


@cocotb.test()
async def malformed_images(dut):
    link = await identified(dut, 0)
    width = words(c.REGION_REGISTERS, c.REGISTER_INPUT_WIDTH, [WIDTH])
    await link.expect(c.STATUS_OK, c.OPCODE_WRITE, 0, width)
    good = image(1, [(4, [1, 2, 3])])
    sequence = 1
    for bad in malformed(WIDTH).values():
        before = len(link.core.images)
        await link.expect(c.STATUS_BAD_IMAGE, c.OPCODE_RUN, sequence, good + bad)
        await link.expect(c.STATUS_BAD_IMAGE, c.OPCODE_RUN, sequence, good + bad)
        await link.expect(c.STATUS_OK, c.OPCODE_RUN, sequence + 1, good)
        await link.expect(c.STATUS_BAD_IMAGE, c.OPCODE_RUN, sequence, good + bad)
        assert link.core.images[before:] == [(1, entries([(4, [1, 2, 3])]))] * 2
        assert link.core.entries == []
        sequence += 2
    await link.quiet()


@cocotb.test()
@cocotb.parametrize(rates=RATES)
async def a_bad_line_costs_only_time(dut, rates):
    """Frames lost, broken, repeated and torn; the sender repeats from what is expected."""
    link = await identified(dut, 0, rates=rates)
    values = [random.getrandbits(31) for _ in range(20)]
    sequence = 0
    while sequence < len(values):
        payload = words(c.REGION_BIASES, sequence, [values[sequence]])
        frame = bytearray(request(c.OPCODE_WRITE, sequence, payload))
        whole = with_crc(request_body(c.OPCODE_WRITE, sequence, payload))
        fate = random.randrange(6)
        if fate == 0:
            link.send(cobs_encode(whole[:-1] + bytes([whole[-1] ^ 4])))  # broken
            await link.told(sequence)
        elif fate == 1:
            link.send(bytes(frame[: random.randrange(1, len(frame) - 1)]) + b"\0")  # torn
            await link.told(sequence)
        elif fate == 2:
            link.send(bytes(random.randrange(1, 256) for _ in range(9)) + b"\0")
            await link.told(sequence)
        elif fate == 3:  # one is lost, the next arrives
            reply = await link.expect(c.STATUS_OUT_OF_ORDER, c.OPCODE_WRITE, sequence + 1, payload)
            assert reply.payload == bytes([sequence])
        elif fate == 4:  # the reply was lost, the frame comes again
            await link.expect(c.STATUS_OK, c.OPCODE_WRITE, sequence, payload)
            await link.expect(c.STATUS_DUPLICATE, c.OPCODE_WRITE, sequence, payload)
            sequence += 1
        else:
            await link.expect(c.STATUS_OK, c.OPCODE_WRITE, sequence, payload)
            sequence += 1
    await link.quiet()
    assert link.core.writes == [(c.REGION_BIASES, at, value) for at, value in enumerate(values)]


@cocotb.test()
async def a_missed_frame_is_told_when_no_other_waits(dut):
    link = await identified(dut, 7)
    bad = b"\x03bad\0"

    async def answers_to(sent: bytes, count: int) -> list[tuple[int, int, bytes]]:
        """All of it has come before the line takes the first of so many replies."""
        link.sink.rate = 0.0
        link.send(sent)
        await link.bench.until(lambda: not link.source.queue)
        await link.bench.run(1000)
        link.sink.rate = 1.0
        replies = [await link.reply() for _ in range(count)]
        await link.quiet()
        return [(reply.sequence, reply.status, reply.payload) for reply in replies]

    # After those that are before it, however many were missed: five replies have no more room.
    reads = b"".join(request(c.OPCODE_READ, 7 + k, span(c.REGION_UNITS, 0, 1)) for k in range(5))
    *asked, told = await answers_to(reads + bad * 20, 6)
    assert [sequence for sequence, _, _ in asked] == [7, 8, 9, 10, 11]
    assert told[1:] == (c.STATUS_DAMAGED, b"\x0c")
    # One that comes behind it in time says as much by its own answer.
    asks = b"".join(request(c.OPCODE_ECHO, 12 + k, b"hello") for k in range(5))
    *_, late = await answers_to(asks + bad + request(c.OPCODE_ECHO, 18, b"hello"), 6)
    assert late == (18, c.STATUS_OUT_OF_ORDER, b"\x11")
    # What a request was answered with stays known.
    nowhere = words(c.REGION_SLOPES, 0, [1])
    await link.expect(c.STATUS_BAD_REGION, c.OPCODE_WRITE, 17, nowhere)
    link.send(bad)
    await link.told(18)
    await link.expect(c.STATUS_BAD_REGION, c.OPCODE_WRITE, 17, nowhere)
    await link.expect(c.STATUS_OK, c.OPCODE_ECHO, 18, b"hello")
    await link.quiet()


@cocotb.test()
async def a_line_that_does_not_take_replies_loses_nothing(dut):
    """Requests wait in the buffer while replies cannot leave."""
    link = await identified(dut, 0)
    link.sink.rate = 0.0
    for sequence in range(30):
        link.send(request(c.OPCODE_READ, sequence, span(c.REGION_UNITS, sequence, 1)))
    await link.bench.run(5000)
    assert len(link.sink.items) == link.taken
    link.sink.rate = 1.0
    for sequence in range(30):
        reply = await link.reply()
        assert (reply.sequence, reply.words()) == (sequence, [contents(c.REGION_UNITS, sequence)])
    await link.quiet()


@cocotb.test()
async def cycles_of_a_write(dut):
    """From the delimiter on the line to the last strobe: 25 cycles and three a byte."""
    link = await identified(dut, 0)
    for sequence, count in enumerate((1, 2, 100)):
        link.send(request(c.OPCODE_WRITE, sequence, words(c.REGION_BIASES, 0, [1] * count)))
        await link.bench.until(lambda: not link.source.queue)
        delimiter = link.bench.cycle
        await link.reply()
        assert link.core.last_write - delimiter == 25 + 3 * 4 * count


@cocotb.test()
async def cycles_of_a_reply(dut):
    """From the delimiter of an empty request to the first byte of its cell: 144 cycles."""
    link = await identified(dut, 0)
    link.send(request(c.OPCODE_RUN, 0))
    await link.bench.until(lambda: not link.source.queue)
    delimiter = link.bench.cycle
    await link.reply()
    assert link.sink.cycles[c.REPLY_WIRE_BYTES] - delimiter == 144


@cocotb.test()
async def cycles_of_an_identity(dut):
    """256 more: what was answered is forgotten before."""
    link = await identified(dut, 0)
    link.send(request(c.OPCODE_IDENTIFY, 0, b"ping"))
    await link.bench.until(lambda: not link.source.queue)
    delimiter = link.bench.cycle
    await link.reply()
    assert link.sink.cycles[c.REPLY_WIRE_BYTES] - delimiter == 146 + 256


@cocotb.test()
async def idle_means_that_nothing_follows(dut):
    """From the delimiter to the last byte of the reply, however slow the line, it is not idle."""
    link = await identified(dut, 0, rates=(1.0, 0.1))
    payloads = [
        (c.OPCODE_WRITE, words(c.REGION_BIASES, 0, [1, 2])),
        (c.OPCODE_READ, span(c.REGION_UNITS, 0, 3)),
        (c.OPCODE_RUN, image(1, [(0, [1])])),
        (c.OPCODE_CHECKSUM, total(c.REGION_WEIGHTS, 0, 50)),
        (c.OPCODE_ECHO, b"hello"),
        (c.OPCODE_IDENTIFY, b"hello"[1:]),
    ]
    for sequence, (opcode, payload) in enumerate(payloads):
        await link.quiet()
        link.send(request(opcode, sequence, payload))
        await link.bench.until(lambda: not link.source.queue)
        end = link.taken + c.REPLY_WIRE_BYTES
        while len(link.sink.items) < end:
            assert dut.idle_o.value == 0, f"idle with {end - len(link.sink.items)} bytes to come"
            await link.bench.step()
        await link.reply()
