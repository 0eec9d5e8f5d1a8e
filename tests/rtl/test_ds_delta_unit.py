"""ds_delta_unit: elements in, shared exponent, aligned delta out; each on its promised cycle."""

import cocotb
from harness import anything, bits, cycle, generator, parameter, read, start, vectors

COLLECT_LATENCY = 5
GIVEN_LATENCY = 2
ALIGN_LATENCY = 4
SCALE_LATENCY = 3
OPERANDS = ("element_mantissa_i", "element_slope_i")
EXPONENTS = ("element_exponent_i", "element_slope_exponent_i")
ELEMENT = (OPERANDS[0], EXPONENTS[0], OPERANDS[1], EXPONENTS[1])
QUIET = {
    "start_i": 0,
    "element_valid_i": 0,
    "given_valid_i": 0,
    "given_i": 0,
    "align_i": 0,
    "scale_i": 0,
}
LARGEST = 2**15 - 1


class Bench:
    """Drives a cycle; the inputs that do not count hold anything."""

    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()
        self.interval = parameter(dut, "Interval")
        self.aligning = False
        self.scaled: list[int | None] = [None] * SCALE_LATENCY

    async def tick(self, **inputs) -> None:
        ignored = anything(self.dut, self.rng, "start_zero_i", "given_mantissa_i", *EXPONENTS)
        zeros = dict.fromkeys(OPERANDS, 0)
        operands = zeros if self.aligning else anything(self.dut, self.rng, *OPERANDS)
        await cycle(self.dut, **{**ignored, **operands, **QUIET, **inputs})

    async def begin(self, layer: dict) -> None:
        """A layer that never comes has no elements and no given ones."""
        comes = bool(layer["elements"] or layer["given"])
        self.aligning = False
        await self.tick(start_i=1, start_zero_i=int(not comes), width_i=len(layer["delta"]))

    async def collect(self, layer: dict, idle: float) -> None:
        dut, rng = self.dut, self.rng
        given = {"given_i": int(bool(layer["given"]))}
        for _ in range(self.interval):
            await self.tick(**given)  # the multiplier still has the last delta
        items = [dict(zip(ELEMENT, element, strict=True)) for element in layer["elements"]]
        items = [{"element_valid_i": 1, **item} for item in items]
        items += [{"given_valid_i": 1, "given_mantissa_i": code} for code in layer["given"]]
        latency = GIVEN_LATENCY if layer["given"] else COLLECT_LATENCY
        if layer["given"]:
            await self.tick(**given)  # their exponent takes a cycle
        for index, item in enumerate(items):
            while rng.random() < idle:
                await self.tick(**given)
                assert read(dut.collected_o) == 0, "collected too early"
            await self.tick(**given, **item)
            assert read(dut.collected_o) == 0, "collected too early"
            if layer["given"]:
                assert read(dut.element_index_o) == index
        for age in range(1, latency + 1 if items else 2):
            await self.tick(**given)
            assert read(dut.collected_o) == int(age == latency or not items), f"age {age}"
        self.check_shared(layer)

    def check_shared(self, layer: dict) -> None:
        assert read(self.dut.nonzero_o) == int(layer["nonzero"])
        if layer["nonzero"]:
            got = self.dut.shared_exponent_o.value.to_signed()
            assert got == layer["exponent"], f"{got}, expected {layer['exponent']}"

    async def align_tick(self, layer: dict, **inputs: int) -> None:
        await self.tick(**{"scale_i": layer["scale"], **inputs})
        want = self.scaled.pop(0)
        if want is not None:
            got = read(self.dut.scaled_o)
            assert got == bits(self.dut.scaled_o, want), f"scaled {got:#x} {want}"

    async def align(self, layer: dict, following: dict | None) -> None:
        """Checks the stream of delta; the next layer may start together with the last one."""
        dut = self.dut
        await self.tick(align_i=1)
        self.aligning = True
        for age in range(1, ALIGN_LATENCY):
            await self.align_tick(layer)
            self.scaled.append(None)
            assert read(dut.delta_valid_o) == 0, f"delta {age} cycles after align"
        zeroed = saturated = 0
        count = len(layer["delta"])
        for index, want in enumerate(layer["delta"]):
            is_last = index == count - 1
            if is_last and following is not None:
                await self.align_last(layer, following)
            else:
                await self.align_tick(layer)
            self.scaled.append(want * layer["scale"])
            assert read(dut.delta_valid_o) == 1, f"no delta {index}"
            assert read(dut.delta_last_o) == int(is_last), f"last at {index}"
            self.check_delta(index, want, step=self.interval == 1)
            assert not read(dut.delta_zeroed_o) or want == 0
            assert not read(dut.delta_saturated_o) or want == LARGEST
            zeroed += read(dut.delta_zeroed_o)
            saturated += read(dut.delta_saturated_o)
            for _ in range(0 if is_last else self.interval - 1):
                await self.align_tick(layer)
                self.scaled.append(None)
                assert read(dut.delta_valid_o) == 0, f"after delta {index}"
                self.check_delta(index, want, step=True)
        assert (zeroed, saturated) == (layer["roundedToZero"], layer["deltaSaturated"])
        self.scaled = [None] * SCALE_LATENCY  # of the last one only where no layer follows

    async def align_last(self, layer: dict, following: dict) -> None:
        comes = bool(following["elements"] or following["given"])
        await self.align_tick(
            layer, start_i=1, start_zero_i=int(not comes), width_i=len(following["delta"])
        )
        self.aligning = False

    def check_delta(self, index: int, want: int, step: bool) -> None:
        """At an interval of 2 they stay for two cycles."""
        assert read(self.dut.delta_step_o) == int(step), f"step at delta {index}"
        got = read(self.dut.delta_mantissa_o)
        assert got == bits(self.dut.delta_mantissa_o, want), f"delta {index}: {got:#x} {want}"


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def layers_come_out_right_and_on_time(dut, idle):
    """Collected 4 cycles after the last element, first delta 4 after align."""
    await start(dut, width_i=0, **QUIET)
    bench = Bench(dut)
    layers = vectors()
    await bench.begin(layers[0])
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        await bench.collect(layer, idle)
        while bench.rng.random() < idle:
            await bench.tick(given_i=int(bool(layer["given"])))
            assert read(dut.collected_o) == 1
            bench.check_shared(layer)
        await bench.align(layer, following)
    for _ in range(3):
        await bench.tick()
        assert read(dut.delta_valid_o) == 0


@cocotb.test()
async def reset_in_any_phase_leaves_a_unit_that_works(dut):
    await start(dut, width_i=0, **QUIET)
    bench = Bench(dut)
    layer = vectors()[8]
    count = len(layer["elements"])
    for phase in range(1, 2 * count + 20):
        await bench.begin(layer)
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
        await bench.begin(layer)
        await bench.collect(layer, 0.0)
        await bench.align(layer, None)
