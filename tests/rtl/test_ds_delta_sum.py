"""ds_delta_sum: batches of images, layer after layer as the sequencer does it; then read back."""

import cocotb
from harness import anything, cycle, generator, read, start, vectors

from contract import NO_EXPONENT

WRITE_LATENCY = 6
READ_LATENCY = 2
LAYER_SETTLES = 2  # cycles before start_i
QUIET = {"start_i": 0, "delta_valid_i": 0}
IGNORED = (
    "start_fresh_i",
    "start_nonzero_i",
    "start_exponent_i",
    "delta_neuron_i",
    "delta_mantissa_i",
    "read_addr_i",
)


class Bench:
    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()

    async def tick(self, **inputs) -> None:
        ignored = anything(self.dut, self.rng, *IGNORED)
        await cycle(self.dut, **{**ignored, **QUIET, **inputs})

    async def add(self, index: int, layer: dict, fresh: bool, idle: float) -> None:
        rng = self.rng
        await self.tick(layer_i=index)
        for _ in range(LAYER_SETTLES - 1):
            await self.tick()
        await self.tick(
            start_i=1,
            start_fresh_i=int(fresh),
            start_nonzero_i=int(layer["nonzero"]),
            start_exponent_i=layer["exponent"],
        )
        for j, mantissa in enumerate(layer["delta"]):
            while rng.random() < idle:
                await self.tick()
            await self.tick(
                delta_valid_i=1, delta_neuron_i=layer["base"] + j, delta_mantissa_i=mantissa
            )
        for _ in range(WRITE_LATENCY - 1):
            await self.tick()

    async def check(self, index: int, layer: dict) -> None:
        """Addresses one a cycle, answers two cycles later. Without exponent the sums are void."""
        dut = self.dut
        await self.tick(layer_i=index)
        for _ in range(READ_LATENCY):
            await self.tick()
        got = dut.read_exponent_o.value.to_signed()
        assert got == layer["sumExponent"], f"layer {index}: {got}, {layer['sumExponent']}"
        if got == NO_EXPONENT:
            return
        count = len(layer["sums"])
        for cycles in range(count + READ_LATENCY):
            addresses = {"read_addr_i": layer["base"] + cycles} if cycles < count else {}
            await self.tick(**addresses)
            if cycles >= READ_LATENCY:
                j = cycles - READ_LATENCY
                got, want = dut.read_sum_o.value.to_signed(), layer["sums"][j]
                assert got == want, f"layer {index} neuron {j}: {got}, expected {want}"


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4])
async def batches_sum_up_exactly(dut, idle):
    """Sums and exponents after every image, read as soon as they may be."""
    await start(dut, layer_i=0, **QUIET)
    bench = Bench(dut)
    for number, batch in enumerate(vectors()):
        for image in range(len(batch)):
            for index, layer in enumerate(batch[image]):
                await bench.add(index, layer, image == 0, idle)
                if idle:
                    await bench.check(index, layer)
            for index, layer in enumerate(batch[image]):
                try:
                    await bench.check(index, layer)
                except AssertionError as error:
                    raise AssertionError(f"batch {number} image {image}: {error}") from None


@cocotb.test()
async def a_sum_is_in_memory_after_six_cycles(dut):
    """A read that starts 5 cycles after the delta still shows the old sum, one after 6 the new."""
    await start(dut, layer_i=0, **QUIET)
    bench = Bench(dut)
    first = {"nonzero": True, "exponent": 3, "delta": [100], "base": 9}
    second = {**first, "delta": [], "base": 9}
    await bench.add(0, first, True, 0.0)
    await bench.add(0, second, False, 0.0)
    await bench.tick(delta_valid_i=1, delta_neuron_i=9, delta_mantissa_i=11)
    seen = {}
    for age in range(1, WRITE_LATENCY + READ_LATENCY + 1):
        await bench.tick(read_addr_i=9)
        seen[age] = read(dut.read_sum_o)
    assert seen[WRITE_LATENCY - 1 + READ_LATENCY] == 100 << 16
    assert seen[WRITE_LATENCY + READ_LATENCY] == 111 << 16
