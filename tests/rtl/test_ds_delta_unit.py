"""ds_delta_unit: elements in, shared exponent, aligned delta out; each on its promised cycle."""

import cocotb
from harness import anything, bits, cycle, generator, read, start, vectors

COLLECT_LATENCY = 7
ALIGN_LATENCY = 7
ELEMENT = (
    "element_mantissa_i",
    "element_exponent_i",
    "element_slope_i",
    "element_slope_exponent_i",
)
QUIET = {"start_i": 0, "element_valid_i": 0, "align_i": 0}
LARGEST = 2**15 - 1


class Bench:
    """Drives a cycle; the inputs that do not count hold anything."""

    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()

    async def tick(self, **inputs) -> None:
        ignored = anything(self.dut, self.rng, "start_count_i", *ELEMENT)
        await cycle(self.dut, **{**ignored, **QUIET, **inputs})

    async def collect(self, layer: dict, idle: float) -> None:
        dut, rng = self.dut, self.rng
        for element in layer["elements"]:
            while rng.random() < idle:
                await self.tick()
                assert read(dut.collected_o) == 0, "collected too early"
            await self.tick(element_valid_i=1, **dict(zip(ELEMENT, element, strict=True)))
            assert read(dut.collected_o) == 0, "collected too early"
        for age in range(1, COLLECT_LATENCY + 1):
            await self.tick()
            assert read(dut.collected_o) == int(age == COLLECT_LATENCY), f"age {age}"
        self.check_shared(layer)

    def check_shared(self, layer: dict) -> None:
        assert read(self.dut.nonzero_o) == int(layer["nonzero"])
        if layer["nonzero"]:
            got = self.dut.shared_exponent_o.value.to_signed()
            assert got == layer["exponent"], f"{got}, expected {layer['exponent']}"

    async def align(self, layer: dict, following: dict | None) -> None:
        """Checks the stream of delta; the next layer may start together with the last one."""
        dut = self.dut
        await self.tick(align_i=1)
        for age in range(1, ALIGN_LATENCY):
            await self.tick()
            assert read(dut.delta_valid_o) == 0, f"delta {age} cycles after align"
        zeroed = saturated = 0
        count = len(layer["delta"])
        for index, want in enumerate(layer["delta"]):
            is_last = index == count - 1
            if is_last and following is not None:
                await self.tick(start_i=1, start_count_i=len(following["elements"]))
            else:
                await self.tick()
            assert read(dut.delta_valid_o) == 1, f"no delta {index}"
            assert read(dut.delta_last_o) == int(is_last), f"last at {index}"
            assert read(dut.delta_index_o) == index
            got = read(dut.delta_mantissa_o)
            assert got == bits(dut.delta_mantissa_o, want), f"delta {index}: {got:#x} {want}"
            assert not read(dut.delta_zeroed_o) or want == 0
            assert not read(dut.delta_saturated_o) or want == LARGEST
            zeroed += read(dut.delta_zeroed_o)
            saturated += read(dut.delta_saturated_o)
        assert (zeroed, saturated) == (layer["roundedToZero"], layer["deltaSaturated"])


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def layers_come_out_right_and_on_time(dut, idle):
    """Collected 7 cycles after the last element, first delta 7 after align, then one a cycle."""
    await start(dut, **QUIET)
    bench = Bench(dut)
    layers = vectors()
    await bench.tick(start_i=1, start_count_i=len(layers[0]["elements"]))
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        await bench.collect(layer, idle)
        while bench.rng.random() < idle:
            await bench.tick()
            assert read(dut.collected_o) == 1
            bench.check_shared(layer)
        await bench.align(layer, following)
    for _ in range(3):
        await bench.tick()
        assert read(dut.delta_valid_o) == 0


@cocotb.test()
async def reset_in_any_phase_leaves_a_unit_that_works(dut):
    await start(dut, **QUIET)
    bench = Bench(dut)
    layer = vectors()[8]
    count = len(layer["elements"])
    for phase in range(1, 2 * count + 20):
        await bench.tick(start_i=1, start_count_i=count)
        for element in layer["elements"][:phase]:
            await bench.tick(element_valid_i=1, **dict(zip(ELEMENT, element, strict=True)))
        if phase > count:
            for _ in range(COLLECT_LATENCY):
                await bench.tick()
            await bench.tick(align_i=1)
            for _ in range(phase - count):
                await bench.tick()
        await bench.tick(rst_i=1)
        await bench.tick(rst_i=0)
        for _ in range(ALIGN_LATENCY):
            assert read(dut.delta_valid_o) == 0 and read(dut.collected_o) == 0
            await bench.tick()
        await bench.tick(start_i=1, start_count_i=count)
        await bench.collect(layer, 0.0)
        await bench.align(layer, None)
