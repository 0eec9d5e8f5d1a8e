"""ds_delta_sum: batches of images, layer after layer as the sequencer does it. The memory of sums
and running exponents, and the multiplier that scales delta, are here."""

import cocotb
from harness import anything, bits, cycle, generator, parameter, read, start, vectors

from contract import NO_EXPONENT

READ = 1  # cycles after delta_valid_i
SUM = 2  # of the memory
SCALED = 3  # of the multiplier
WRITE = 4
EXPONENT_LATENCY = 3
FIRST_DELTA = 4  # cycles after start_i
QUIET = {"start_i": 0, "clear_i": 0, "delta_valid_i": 0}
IGNORED = ("delta_neuron_i", "delta_mantissa_i", "sum_read_data_i", "scaled_i")


class Bench:
    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()
        self.interval = parameter(dut, "Interval")
        self.sums: dict[int, int] = {}  # what a memory holds before a fresh batch is anything
        self.exponents: dict[int, int] = {}
        self.answers: list[dict[str, int]] = [{} for _ in range(SCALED)]
        self.expected: list[tuple[int, int] | None] = [None] * WRITE

    async def tick(self, **inputs) -> None:
        """One cycle; answers what is read, checks the read and the write, and keeps that."""
        dut = self.dut
        ignored = anything(dut, self.rng, *IGNORED)
        await cycle(dut, **{**ignored, **QUIET, **inputs, **self.answers.pop(0)})
        write = None
        self.answers.append({})
        if read(dut.delta_valid_i):
            neuron = read(dut.delta_neuron_i)
            mantissa = dut.delta_mantissa_i.value.to_signed()
            old = self.sums.get(neuron, self.rng.getrandbits(len(dut.sum_read_data_i)))
            self.answers[SUM - 1]["sum_read_data_i"] = old
            self.answers[SCALED - 1]["scaled_i"] = mantissa * read(dut.scale_o)
            write = (neuron, mantissa)
        self.expected.append(write)
        want = self.expected.pop(0)
        reading = self.expected[-1 - READ]
        assert read(dut.sum_read_o) == int(reading is not None)
        if reading is not None:
            assert read(dut.sum_read_neuron_o) == reading[0]
        assert read(dut.sum_write_o) == int(want is not None)
        started = [want, *self.expected[:-READ]]
        assert read(dut.sum_busy_o) == int(any(each is not None for each in started))
        if want is not None:
            neuron, mantissa = want
            assert read(dut.sum_write_neuron_o) == neuron
            assert read(dut.sum_write_delta_o) == bits(dut.sum_write_delta_o, mantissa)
            self.sums[neuron] = read(dut.sum_write_data_o)

    async def add(self, index: int, layer: dict, fresh: bool, idle: float) -> None:
        dut, rng = self.dut, self.rng
        await self.tick(clear_i=1)
        await self.tick(exponent_i=rng.getrandbits(16))
        assert read(dut.scale_o) == 0
        stored = self.exponents.get(index, rng.getrandbits(16))
        await self.tick(
            start_i=1, exponent_i=rng.getrandbits(16), fresh_i=int(fresh), stored_exponent_i=stored
        )
        for age in range(1, FIRST_DELTA):
            await self.tick(exponent_i=layer["exponent"])
            assert not read(dut.exponent_write_o) or age == EXPONENT_LATENCY
            if read(dut.exponent_write_o):
                self.exponents[index] = dut.exponent_write_data_o.value.to_signed()
        for j, mantissa in enumerate(layer["delta"]):
            while rng.random() < idle:
                await self.tick()
            held = {"delta_neuron_i": layer["base"] + j, "delta_mantissa_i": mantissa}
            await self.tick(delta_valid_i=1, **held)
            for _ in range(self.interval - 1):
                await self.tick(**held)
        for _ in range(WRITE):
            await self.tick()

    def check(self, index: int, layer: dict) -> None:
        got = self.exponents[index]
        assert got == layer["sumExponent"], f"layer {index}: {got}, {layer['sumExponent']}"
        for j, want in enumerate(layer["sums"]):
            got = self.sums[layer["base"] + j]
            right = bits(self.dut.sum_write_data_o, want)
            assert got == right, f"layer {index} neuron {j}: {got:#x}, expected {want}"


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4])
async def batches_sum_up_exactly(dut, idle):
    """Sums and exponents after every image, also of layers whose delta is zero."""
    await start(dut, exponent_i=NO_EXPONENT, stored_exponent_i=0, fresh_i=0, **QUIET)
    bench = Bench(dut)
    for number, batch in enumerate(vectors()):
        for image in range(len(batch)):
            for index, layer in enumerate(batch[image]):
                await bench.add(index, layer, image == 0, idle)
                try:
                    bench.check(index, layer)
                except AssertionError as error:
                    raise AssertionError(f"batch {number} image {image}: {error}") from None


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    await start(dut, exponent_i=0, stored_exponent_i=0, fresh_i=1, **QUIET)
    for age in range(WRITE):
        await cycle(dut, start_i=1, delta_valid_i=1)
        for _ in range(age):
            await cycle(dut, **QUIET)
        await cycle(dut, rst_i=1, **QUIET)
        await cycle(dut, rst_i=0)
        for _ in range(WRITE + 1):
            assert not any(
                read(each) for each in (dut.sum_write_o, dut.sum_busy_o, dut.exponent_write_o)
            )
            await cycle(dut)
