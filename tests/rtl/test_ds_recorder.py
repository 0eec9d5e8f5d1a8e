"""ds_recorder: images with random layers and counts, grants withheld; each word that is written,
when, where, and the ring's contents after each image as the host decodes them."""

import cocotb
from harness import anything, cycle, generator, pack, parameter, read, start

from contract import RECORD_HEADER_WORDS as HEADER_WORDS
from contract import RECORD_WORDS as ENTRY_WORDS

IMAGES = 60
INPUTS_AT = 20  # nonZeroInputs in word 3; word 5 has it too, where nobody looks
# Counted in every cycle in which the input is high, until its word is written.
COUNTED = ("align_i", "row_i", "drain_stall_i")
QUIET = {
    "restart_i": 0,
    "image_start_i": 0,
    "align_i": 0,
    "forward_done_i": 0,
    "norm_done_i": 0,
    "image_done_i": 0,
}


class Bench:
    """The sequencer's side, and the ring as the host mirrors it (contract/protocol.ts)."""

    def __init__(self, dut, grants: float):
        self.dut = dut
        self.rng = generator()
        self.grants = grants
        self.size = parameter(dut, "RecordWords")
        self.ring: dict[int, int] = {}
        self.position = 0
        self.now = 0  # since reset, as the device counts
        self.written = 0  # image_written_o is due
        self.counts = dict.fromkeys(COUNTED, 0)
        self.entry = self.inputs = 0
        self.due: list[tuple] = []  # writes: address, word or function of this cycle
        self.layer_count = 1
        self.forward = False

    async def tick(self, **inputs) -> None:
        rng, dut = self.rng, self.dut
        ignored = anything(dut, rng, "layer_i", "forward_last_i")
        counted = {
            "row_i": rng.getrandbits(1),
            "drain_stall_i": self.forward and rng.getrandbits(1),
        }
        grant = int(rng.random() < self.grants)
        steady = {"entry_i": self.entry, "inputs_i": self.inputs}
        steady = {**steady, "layer_count_i": self.layer_count, "write_grant_i": grant}
        driven = {**ignored, **QUIET, **counted, **steady, **inputs}
        await cycle(dut, **driven)
        self.now += 1
        assert read(dut.image_written_o) == self.written, f"image_written_o in cycle {self.now}"
        self.written = 0
        self.check_write(grant)
        for name in COUNTED:
            self.counts[name] += driven[name]
        if driven["image_start_i"]:
            self.counts = dict.fromkeys(COUNTED, 0)

    def check_write(self, grant: int) -> None:
        dut = self.dut
        assert read(dut.busy_o) == int(bool(self.due))
        low_high = read(dut.write_valid_o)
        if not self.due:
            assert low_high == 0, "writes what nobody asked for"
            return
        address, word, *last = self.due[0]
        assert low_high == 1 << address % 2 and read(dut.write_pair_o) == address // 2
        want = word() if callable(word) else word
        assert read(dut.write_data_o) == want, f"word {address - self.position} of the record"
        if grant:
            self.ring[address] = want
            self.due.pop(0)
            self.written = int(bool(last))

    async def request(self, writes: list[tuple], **inputs) -> None:
        """Asks for writes, the first of them in the next cycle, and waits until they are made."""
        await self.tick(**inputs)
        self.due = writes
        while self.due:
            await self.tick()

    async def idle(self) -> None:
        for _ in range(self.rng.randint(0, 4)):
            await self.tick()

    def entry_words(self) -> list[int]:
        words = [self.rng.getrandbits(32) for _ in range(ENTRY_WORDS)]
        self.entry = pack(words, 32)
        return words

    async def image(self, layers: int) -> None:
        rng = self.rng
        length = HEADER_WORDS + ENTRY_WORDS * layers
        if self.position + length > self.size:
            self.position = 0
        at = self.position
        entries = [at + HEADER_WORDS + ENTRY_WORDS * layer for layer in range(layers)]
        now = lambda: self.now  # noqa: E731
        stalls = lambda: self.counts["drain_stall_i"] | self.inputs << INPUTS_AT  # noqa: E731
        align = lambda: self.counts["align_i"] | self.inputs << INPUTS_AT  # noqa: E731
        rows = lambda: self.counts["row_i"]  # noqa: E731
        self.inputs = rng.getrandbits(11)
        await self.request([(at, now)], image_start_i=1)
        self.forward = True
        for layer, base in enumerate(entries):
            await self.idle()
            is_last = layer == layers - 1
            header = [(at + 2, now), (at + 3, stalls)] if is_last else []
            word = (base + 3, self.entry_words()[3])
            inputs = {"layer_i": layer, "forward_last_i": int(is_last)}
            self.forward = not is_last
            await self.request([word, *header], forward_done_i=1, **inputs)
        for layer, base in reversed(list(enumerate(entries))):
            await self.idle()
            for _ in range(rng.randint(1, 5)):
                await self.tick(align_i=1, layer_i=layer)
            await self.idle()
            words = self.entry_words()
            writes = [(base + index, words[index]) for index in range(3)]
            await self.request(writes, norm_done_i=1)
        await self.idle()
        header = [(at + 4, now), (at + 5, align), (at + 6, rows, True)]
        await self.request(header, image_done_i=1)
        await self.tick()  # image_written_o
        self.position += length


@cocotb.test()
@cocotb.parametrize(grants=[1.0, 0.5, 0.1])
async def records_follow_each_other_around_the_ring(dut, grants):
    """Batches of images with one number of layers; both ends of the ring are reached."""
    await start(dut, **QUIET)
    bench = Bench(dut, grants)
    most = min(1 << parameter(dut, "LayerBits"), (bench.size - HEADER_WORDS) // ENTRY_WORDS)
    wraps = 0
    for image in range(IMAGES):
        if image == 0 or bench.rng.random() < 0.1:
            bench.layer_count = most if image == 0 else bench.rng.randint(1, most)
            await bench.tick(restart_i=1)
            bench.position = 0
        before = bench.position
        await bench.image(bench.layer_count)
        wraps += bench.position <= before
        await bench.idle()
    assert wraps > 0, "the ring was never full"


@cocotb.test()
async def reset_ends_a_write(dut):
    await start(dut, **QUIET)
    bench = Bench(dut, 1.0)
    bench.layer_count = 2
    await bench.image(2)
    for age in range(4):
        await bench.tick(forward_done_i=1, layer_i=1, forward_last_i=1)
        await cycle(dut, forward_done_i=0, write_grant_i=0)
        for _ in range(age):
            await cycle(dut, write_grant_i=1)
        await cycle(dut, rst_i=1)
        await cycle(dut, rst_i=0)
        bench.now = bench.position = 0
        for _ in range(5):
            await bench.tick()
        await bench.image(2)
        await bench.idle()
