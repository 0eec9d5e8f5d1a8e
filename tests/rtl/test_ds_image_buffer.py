"""ds_image_buffer: a writer and a reader at random speeds; images in order, none lost or mixed."""

import cocotb
from harness import anything, cycle, generator, parameter, read, start

IMAGES = 60
QUIET = {"image_clear_i": 0, "image_write_i": 0, "image_commit_i": 0, "done_i": 0}


class Bench:
    """Writer and reader as generators: they see the outputs of a cycle, yield the next inputs."""

    def __init__(self, dut, pace: float):
        self.dut = dut
        self.rng = generator()
        self.pace = pace  # probability that a side acts in a cycle
        self.depth = parameter(dut, "Depth")
        self.banks = parameter(dut, "Banks")
        self.waiting: list[tuple[int, list[tuple[int, int]]]] = []  # label, pairs
        self.finished = 0

    def writer(self):
        """Yields inputs; images of any length, now and then one that is given up half-way."""
        rng = self.rng
        while True:
            while not read(self.dut.image_free_o):
                yield {}
            pairs = []
            zeros = rng.choice([0.0, 0.7, 1.0])
            for index in range(rng.choice([0, 1, self.depth, rng.randrange(self.depth)])):
                while rng.random() >= self.pace:
                    yield {}
                value = 0 if rng.random() < zeros else rng.getrandbits(16)
                yield {"image_write_i": 1, "image_index_i": index, "image_value_i": value}
                if value:
                    pairs.append((index, value))
            if rng.random() < 0.2:
                yield {"image_clear_i": 1}
                continue
            label = rng.getrandbits(8)
            yield {"image_commit_i": 1, "image_label_i": label}
            self.waiting.append((label, pairs))
            yield {}

    def reader(self):
        """Yields inputs; checks the image in work, pair by pair, then frees it."""
        dut, rng = self.dut, self.rng
        while True:
            while not read(dut.ready_o):
                assert not self.waiting, "a committed image is not ready after 1 cycle"
                yield {}
            assert self.waiting, "ready without an image"
            label, pairs = self.waiting[0]
            for address, pair in enumerate(pairs):
                yield {"read_addr_i": address}
                yield {"value_addr_i": address}
                yield {}
                assert read(dut.read_index_o) == pair[0]
                assert read(dut.read_value_o) == pair[1]
                assert read(dut.ready_o) and read(dut.label_o) == label
                assert read(dut.read_count_o) == len(pairs)
            while rng.random() >= self.pace:
                yield {}
            assert read(dut.read_count_o) == len(pairs) and read(dut.label_o) == label
            self.waiting.pop(0)
            self.finished += 1
            yield {"done_i": 1}
            yield {}

    async def run(self) -> None:
        dut = self.dut
        writer, reader = self.writer(), self.reader()
        while self.finished < IMAGES:
            names = ("image_index_i", "image_value_i", "image_label_i")
            ignored = anything(dut, self.rng, *names, "read_addr_i", "value_addr_i")
            await cycle(dut, **{**ignored, **QUIET, **next(reader), **next(writer)})
            full = len(self.waiting) == self.banks
            assert not (full and read(dut.image_free_o)), "free with all banks held"


@cocotb.test()
@cocotb.parametrize(pace=[1.0, 0.5, 0.1])
async def images_arrive_whole_and_in_order(dut, pace):
    await start(dut, **QUIET)
    await cycle(dut)
    await Bench(dut, pace).run()


@cocotb.test()
async def one_image_a_bank_and_no_more(dut):
    """Committed images are ready at once and safe; the next waits for the first to be done."""
    await start(dut, **QUIET)
    await cycle(dut)
    banks = parameter(dut, "Banks")
    for label in range(1, banks + 1):
        assert read(dut.image_free_o) == 1
        for index in range(label):
            await cycle(dut, image_write_i=1, image_index_i=index, image_value_i=7)
        await cycle(dut, image_write_i=0, image_commit_i=1, image_label_i=label)
        await cycle(dut, image_commit_i=0)
        assert read(dut.ready_o) == 1 and read(dut.label_o) == 1
        await cycle(dut)
    for _ in range(20):
        await cycle(dut, image_write_i=1, image_index_i=3, image_value_i=5)
        assert read(dut.image_free_o) == 0 and read(dut.read_count_o) == 1
        await cycle(dut, image_write_i=0, image_clear_i=1)
        await cycle(dut, image_clear_i=0)
        assert read(dut.image_free_o) == 0 and read(dut.read_count_o) == 1
    await cycle(dut, done_i=1)
    await cycle(dut, done_i=0)
    assert read(dut.ready_o) == int(banks == 2)
    if banks == 2:
        assert read(dut.label_o) == 2 and read(dut.read_count_o) == 2
    await cycle(dut)
    assert read(dut.image_free_o) == 1
    await cycle(dut, rst_i=1)
    await cycle(dut, rst_i=0)
    assert read(dut.ready_o) == 0
