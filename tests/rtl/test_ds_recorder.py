"""ds_recorder: images with random layers and counts; the ring's contents after each of them."""

import cocotb
from harness import anything, cycle, generator, pack, parameter, read, start

WRITTEN_LATENCY = 5
READ_LATENCY = 2
SPACING = 5  # cycles between requests: more than 4
IMAGES = 150
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
        self.cycles = self.forward = self.rows = 0
        self.entry = 0

    async def tick(self, **inputs) -> None:
        rng, dut = self.rng, self.dut
        ignored = anything(dut, rng, "layer_i", "header_last_i", "read_addr_i")
        counted = anything(dut, rng, "forward_i", "row_i")
        driven = {**ignored, **QUIET, **counted, "entry_i": self.entry, **inputs}
        await cycle(dut, **driven)
        self.cycles += 1
        self.forward += driven["forward_i"]
        self.rows += driven["row_i"]
        if inputs.get("image_start_i"):
            self.cycles = self.forward = 1  # this cycle counts, and as forward
            self.rows = 0

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
        length = 4 * (layers + 1)
        if self.position + length > self.size:
            self.position = 0
        await self.tick(image_start_i=1)
        for layer in range(layers):
            base = self.position + 4 * (layer + 1)
            self.ring[base + 3] = self.entry_words()[3]
            await self.request(forward_done_i=1, layer_i=layer)
        for layer in reversed(range(layers)):
            base = self.position + 4 * (layer + 1)
            self.ring[base : base + 3] = self.entry_words()[:3]
            await self.request(backward_done_i=1, layer_i=layer)
        last = rng.getrandbits(32)
        await self.tick(image_done_i=1)
        header = [self.cycles, self.forward, self.rows, last]
        self.ring[self.position : self.position + 4] = header
        read_last = {"read_addr_i": self.position + 3}
        for age in range(1, WRITTEN_LATENCY + READ_LATENCY + 1):
            await self.tick(header_last_i=last, forward_i=0, row_i=0, **read_last)
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
