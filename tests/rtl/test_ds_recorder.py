"""ds_recorder: images with random layers and counts; the ring's contents after each of them."""

import cocotb
from harness import anything, cycle, generator, pack, parameter, read, start

from contract import RECORD_HEADER_WORDS as HEADER_WORDS

WRITTEN_LATENCY = 9
READ_LATENCY = 2
SPACING = 5  # cycles between requests for entries: more than their words
IMAGES = 150
# Counted in every cycle in which the input is high, in the order of the header's words.
COUNTED = ("forward_i", "backward_i", "align_i", "row_i", "drain_stall_i")
QUIET = {
    "restart_i": 0,
    "image_start_i": 0,
    "forward_done_i": 0,
    "backward_done_i": 0,
    "image_done_i": 0,
}


class Bench:
    """The sequencer's side, and the ring as the host mirrors it (contract/protocol.ts)."""

    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()
        self.size = parameter(dut, "RecordWords")
        self.ring: list[int | None] = [None] * self.size
        self.position = 0
        self.now = 0
        self.idle_since = 0  # cycle of the last image_written_o, or the one after restart_i
        self.wait = 0
        self.cycles = 0
        self.counts = dict.fromkeys(COUNTED, 0)
        self.entry = 0

    async def tick(self, **inputs) -> None:
        rng, dut = self.rng, self.dut
        ignored = anything(dut, rng, "layer_i", "header_last_i", "read_addr_i")
        counted = anything(dut, rng, *COUNTED)
        driven = {**ignored, **QUIET, **counted, "entry_i": self.entry, **inputs}
        await cycle(dut, **driven)
        self.now += 1
        self.cycles += 1
        for name in COUNTED:
            self.counts[name] += driven[name]
        if driven["restart_i"]:
            self.idle_since = self.now + 1
        if read(dut.image_written_o):
            self.idle_since = self.now
        if driven["image_start_i"]:
            self.wait = self.now - self.idle_since
            self.cycles = 1  # this cycle counts, and as forward
            self.counts = {**dict.fromkeys(COUNTED, 0), "forward_i": 1}

    async def request(self, **inputs) -> None:
        """One write; the entry stays until it is in memory, and may change then."""
        await self.tick(**inputs)
        for _ in range(SPACING - 1):
            await self.tick()
            assert read(self.dut.image_written_o) == 0
        for _ in range(self.rng.randint(1, 4)):
            await self.tick()
            assert read(self.dut.image_written_o) == 0

    def entry_words(self) -> list[int]:
        words = [self.rng.getrandbits(32) for _ in range(4)]
        self.entry = pack(words, 32)
        return words

    async def image(self, layers: int) -> None:
        dut, rng = self.dut, self.rng
        length = HEADER_WORDS + 4 * layers
        if self.position + length > self.size:
            self.position = 0
        await self.tick(image_start_i=1)
        for layer in range(layers):
            base = self.position + HEADER_WORDS + 4 * layer
            self.ring[base + 3] = self.entry_words()[3]
            await self.request(forward_done_i=1, layer_i=layer)
        if rng.random() < 0.3:
            await self.check()  # of the entries only their last words are new
        for layer in reversed(range(layers)):
            base = self.position + HEADER_WORDS + 4 * layer
            self.ring[base : base + 3] = self.entry_words()[:3]
            await self.request(backward_done_i=1, layer_i=layer)
        last = rng.getrandbits(32)
        await self.tick(image_done_i=1)
        header = [self.cycles, *self.counts.values(), self.wait, last]
        self.ring[self.position : self.position + HEADER_WORDS] = header
        driven = {"header_last_i": last, **dict.fromkeys(COUNTED, 0)}
        driven["read_addr_i"] = self.position + HEADER_WORDS - 1
        for age in range(1, WRITTEN_LATENCY + READ_LATENCY + 1):
            await self.tick(**driven)
            written = read(dut.image_written_o)
            assert written == int(age == WRITTEN_LATENCY), f"image_written_o at age {age}"
        assert read(dut.read_word_o) == last, "image_written_o before the header is in memory"
        self.position += length

    async def check(self) -> None:
        """One address a cycle, its word 2 cycles later."""
        for now in range(self.size + READ_LATENCY):
            await self.tick(read_addr_i=now % self.size)
            want = self.ring[now - READ_LATENCY] if now >= READ_LATENCY else None
            if want is not None:
                got = read(self.dut.read_word_o)
                assert got == want, f"word {now - READ_LATENCY}: {got:#x}, expected {want:#x}"


@cocotb.test()
async def records_follow_each_other_around_the_ring(dut):
    """Batches with 1 to 4 layers; the whole ring is compared after every image."""
    await start(dut, **QUIET)
    bench = Bench(dut)
    layers = 2
    for image in range(IMAGES):
        if image == 0 or bench.rng.random() < 0.1:
            layers = bench.rng.randint(1, 4)
            await bench.tick(restart_i=1, layer_count_i=layers)
            bench.position = 0
        await bench.image(layers)
        await bench.check()
