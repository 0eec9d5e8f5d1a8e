"""ds_image_decoder: good images reach the buffer whole, malformed ones not at all."""

import random

import cocotb
from images import at, entries, image, malformed, part, parts, random_runs
from streams import Bench, Source

WIDTH = 784
BYTE_CYCLES = 2
OVERHEAD = 1  # cycle of an image beyond its last byte


class Buffer:
    """The image buffer: busy for a while after each commit."""

    def __init__(self, dut, busy: int = 0):
        self.dut, self.busy = dut, busy
        self.left = 0
        self.entries: list[tuple[int, int]] = []
        self.images: list[tuple[int, list[tuple[int, int]]]] = []
        self.clears = 0

    def drive(self):
        self.dut.image_free_i.value = self.left == 0

    def sample(self, _cycle: int):
        if self.dut.rst_i.value == 1:
            return
        self.left = max(0, self.left - 1)
        strobes = [
            getattr(self.dut, f"image_{name}_o").value == 1 for name in ("write", "commit", "clear")
        ]
        assert sum(strobes) <= 1, f"write, commit, clear at once: {strobes}"
        if any(strobes[:2]):
            assert self.dut.image_free_i.value == 1, "write or commit without a free buffer"
        if strobes[0]:
            index = self.dut.image_index_o.value.to_unsigned()
            self.entries.append((index, self.dut.image_value_o.value.to_unsigned()))
        if strobes[1]:
            self.images.append((self.dut.image_label_o.value.to_unsigned(), self.entries))
            self.entries = []
            self.left = random.randrange(self.busy + 1)
        if strobes[2]:
            self.clears += 1
            self.entries = []


class Paced(Source):
    """A byte in two cycles at most."""

    pause = False

    def drive(self):
        queue = self.queue
        if self.pause:
            self.queue = type(queue)()
        super().drive()
        self.queue, self.pause = queue, False

    def sample(self, cycle: int):
        before = len(self.queue)
        super().sample(cycle)
        self.pause = len(self.queue) < before


class Decoder:
    def __init__(self, dut, rate: float = 1.0, busy: int = 0):
        self.dut = dut
        self.source = Paced(dut, "in", ["data", "last"], rate)
        self.buffer = Buffer(dut, busy)
        self.bench = Bench(dut, self.source, self.buffer)
        dut.start_i.value = 0
        dut.input_width_i.value = WIDTH

    async def payload(self, data: bytes) -> bool:
        """@returns whether it was bad"""
        self.dut.start_i.value = 1
        await self.bench.run(1)
        self.dut.start_i.value = 0
        self.source.queue.extend((byte, place == len(data) - 1) for place, byte in enumerate(data))
        await self.bench.until(lambda: not self.source.queue)
        await self.bench.until(lambda: self.dut.idle_o.value == 1)
        return self.dut.bad_o.value == 1


@cocotb.test()
@cocotb.parametrize(rate=[1.0, 0.5], busy=[0, 100])
async def images_reach_the_buffer(dut, rate, busy):
    decoder = Decoder(dut, rate, busy)
    await decoder.bench.start()
    expected = []
    for _ in range(30):
        data = b""
        for _ in range(random.randrange(1, 5)):
            wide, label = random.random() < 0.5, random.getrandbits(8)
            runs = random_runs(WIDTH, wide)
            data += image(label, runs, wide)
            expected.append((label, entries(runs, wide)))
        assert not await decoder.payload(data)
    assert decoder.buffer.images == expected
    assert decoder.buffer.clears == 0


@cocotb.test()
async def corners(dut):
    decoder = Decoder(dut)
    await decoder.bench.start()
    every = [(0, [255] * 255), (0, [1] * 255), (255, []), (0, [0] * 18), (0, [9])]
    cases = [[], [(0, [])], [(255, [])] * 8, [(255, [3]), (255, [4]), *at(WIDTH - 513, [5])], every]
    cases.append([(0, [-32768, 32767, -1, 0])])
    wides = [False, True, False, False, False, True]
    data = b"".join(image(9, runs, wide) for runs, wide in zip(cases, wides, strict=True))
    assert not await decoder.payload(data)
    assert decoder.buffer.images == [
        (9, entries(runs, wide)) for runs, wide in zip(cases, wides, strict=True)
    ]


@cocotb.test()
@cocotb.parametrize(rate=[1.0, 0.5])
async def malformed_images_leave_no_trace(dut, rate):
    """Also when a good image came before, or bytes follow; and the next payload is as new."""
    decoder = Decoder(dut, rate)
    await decoder.bench.start()
    runs = random_runs(WIDTH, False)
    good = image(1, runs)
    count = 0
    for name, bad in malformed(WIDTH).items():
        assert await decoder.payload(bad), name
        assert decoder.buffer.images[count:] == [] and decoder.buffer.entries == [], name
        assert await decoder.payload(good + bad), name
        assert decoder.buffer.images[count:] == [(1, entries(runs))], name
        assert not await decoder.payload(good), name
        assert decoder.buffer.images[count + 1 :] == [(1, entries(runs))], name
        assert decoder.buffer.entries == [], name
        count += 2
    outside = image(2, at(WIDTH, [1]))
    assert await decoder.payload(outside + good), "the rest of the payload is dropped"
    assert len(decoder.buffer.images) == count


@cocotb.test()
@cocotb.parametrize(rate=[1.0, 0.5], busy=[0, 100])
async def images_in_parts(dut, rate, busy):
    """In one payload or several, with whole images before and behind."""
    decoder = Decoder(dut, rate, busy)
    await decoder.bench.start()
    expected = []
    for _ in range(30):
        wide, label = random.random() < 0.5, random.getrandbits(8)
        runs = random_runs(WIDTH, wide)
        pieces = parts(label, runs, wide)
        if random.random() < 0.5:
            assert not await decoder.payload(b"".join(pieces))
        else:
            for number, piece in enumerate(pieces):
                assert not await decoder.payload(piece)
                done = number == len(pieces) - 1
                assert len(decoder.buffer.images) == len(expected) + done
        expected.append((label, entries(runs, wide)))
        assert decoder.buffer.images == expected
        assert decoder.buffer.entries == []
    assert decoder.buffer.clears == 0


@cocotb.test()
async def parts_may_differ_in_width(dut):
    decoder = Decoder(dut)
    await decoder.bench.start()
    first, second = [(3, [1, 2])], [(0, [-5]), (2, [7])]
    data = part(1, first, is_open=True) + part(9, second, wide=True, continued=True)
    assert not await decoder.payload(data)
    found = [(3, 1 << 7), (4, 2 << 7), (5, -5 & 0xFFFF), (8, 7)]
    assert decoder.buffer.images == [(9, found)]


@cocotb.test()
@cocotb.parametrize(apart=[False, True])
async def an_abandoned_image_leaves_no_trace(dut, apart):
    decoder = Decoder(dut)
    await decoder.bench.start()
    runs = [(4, [1, 2, 3])]
    left_open = part(1, [(9, [9] * 9)], is_open=True)
    for number, new in enumerate((image(2, runs), b"".join(parts(2, runs)), image(2, []))):
        if apart:
            assert not await decoder.payload(left_open)
            assert not await decoder.payload(new)
        else:
            assert not await decoder.payload(left_open + new)
        expected = entries(runs) if number < 2 else []
        assert decoder.buffer.images[number:] == [(2, expected)]
        assert decoder.buffer.clears == number + 1
    # Abandoned twice over, then continued: the last one begun counts.
    begun = part(3, [(1, [5])], is_open=True)
    assert not await decoder.payload(left_open + begun)
    assert not await decoder.payload(part(3, [(0, [6])], continued=True))
    assert decoder.buffer.images[3:] == [(3, [(1, 5 << 7), (2, 6 << 7)])]


@cocotb.test()
async def a_part_that_continues_nothing_is_malformed(dut):
    decoder = Decoder(dut)
    await decoder.bench.start()
    whole = image(1, [(2, [3])])
    begun = part(1, [(2, [3])], is_open=True)
    more = part(1, [(2, [3])], continued=True)
    assert await decoder.payload(more)
    assert await decoder.payload(whole + more)
    assert await decoder.payload(begun + more + more)
    assert len(decoder.buffer.images) == 2
    # A malformed part takes the image with it.
    for bad in malformed(WIDTH).values():
        assert not await decoder.payload(begun)
        broken = bad[:1] + bytes([bad[1] | 2]) + bad[2:] if len(bad) > 1 else bad
        assert await decoder.payload(broken)
        assert await decoder.payload(more)
        assert decoder.buffer.entries == []
    far = part(1, at(WIDTH - 3, [1]), continued=True)
    assert await decoder.payload(begun + far), "the index goes on where it was"
    assert len(decoder.buffer.images) == 2
    assert not await decoder.payload(begun)
    dut.rst_i.value = 1
    await decoder.bench.run(1)
    dut.rst_i.value = 0
    decoder.buffer.entries = []
    assert await decoder.payload(more), "reset forgets an open image"


@cocotb.test()
async def the_width_is_the_limit(dut):
    decoder = Decoder(dut)
    await decoder.bench.start()
    for width in (1, 2, 255, WIDTH, 1024, 2047):
        dut.input_width_i.value = width
        limit = min(width, 1024)
        assert not await decoder.payload(image(0, at(limit - 1, [1]))), width
        assert await decoder.payload(image(0, at(limit - 1, [1, 1]))), width


@cocotb.test()
async def cycles_of_an_image(dut):
    decoder = Decoder(dut)
    await decoder.bench.start()
    data = image(1, [(20, [5] * 100), (3, [6] * 50)])
    start = decoder.bench.cycle + 1  # start_i takes the first cycle
    await decoder.payload(data)
    assert decoder.bench.cycle - start == BYTE_CYCLES * len(data) - 1 + OVERHEAD
