"""ds_drain: the array's groups in, one z a cycle out; the biases are a memory of latency 1."""

import cocotb
from harness import anything, cycle, generator, pack, parameter, read, start, vectors

LATENCY = 7
SEND = 6  # cycles from sending a neuron to its z
SOON = 3  # from z_soon_o
QUIET = {"start_i": 0, "reserve_i": 0, "capture_i": 0}


class Bench:
    """Drives a cycle, answers bias addresses, checks z, free_o and their cycles."""

    def __init__(self, dut, spread: int):
        self.dut = dut
        self.spread = spread
        self.rng = generator()
        self.now = 0
        self.started = 0  # cycle of the last start_i
        self.biases: dict[int, int] = {}  # by neuron
        self.bias_words = [0]  # asked for in the last cycle
        self.accumulators: dict[int, int] = {}  # packed, by cycle
        self.expected: dict[int, int] = {}  # z by cycle
        self.busy_until: int | None = 0  # last cycle in which free_o is low; None: not yet known
        self.saturated = 0

    async def tick(self, **inputs) -> None:
        dut, rng = self.dut, self.rng
        ignored = anything(dut, rng, "start_n_out_i", "start_neuron_base_i", "start_shift_i")
        ignored |= anything(dut, rng, "accumulators_i")
        self.now += 1
        if self.now in self.accumulators:
            ignored["accumulators_i"] = self.accumulators.pop(self.now)
        always = {"bias_i": self.bias_words.pop(0), "spread_i": self.spread}
        await cycle(dut, **{**ignored, **QUIET, **always, **inputs})
        any_word = rng.getrandbits(len(dut.bias_i))
        self.bias_words.append(self.biases.get(read(dut.bias_addr_o), any_word))
        assert read(dut.z_soon_o) == int(self.now + SOON in self.expected)
        want = self.expected.pop(self.now, None)
        assert read(dut.z_valid_o) == int(want is not None), f"z_valid_o in cycle {self.now}"
        if want is not None:
            got = dut.z_o.value.to_signed()
            assert got == want, f"z in cycle {self.now}: {got}, expected {want}"
            self.saturated += read(dut.z_saturated_o)
        free = self.busy_until is not None and self.now > self.busy_until
        assert read(dut.free_o) == int(free), f"free_o in cycle {self.now}"

    async def idle(self, limit: int) -> None:
        for _ in range(self.rng.randint(0, limit)):
            await self.tick()

    async def group(self, accumulators: list[int], z: list[int], wait: int) -> None:
        """One group at the earliest or `wait` cycles later."""
        dut, rng = self.dut, self.rng
        lanes, acc_bits = parameter(dut, "Lanes"), parameter(dut, "AccBits")
        while self.busy_until is None or self.now < self.busy_until:
            await self.tick()
        await self.idle(wait)
        await self.tick(reserve_i=1)
        self.busy_until = None
        await self.idle(wait)
        padding = [rng.getrandbits(acc_bits) for _ in range(lanes - len(accumulators))]
        self.accumulators[self.now + 3] = pack(accumulators + padding, acc_bits)
        await self.tick(capture_i=1)
        first = self.now + LATENCY - SEND
        if self.spread:  # an odd number of cycles after start_i only
            odd = (first - self.started + 1) % 2
            sent = [first + odd + 2 * i for i in range(len(z))]
        else:
            sent = [first + i for i in range(len(z))]
        self.expected |= {cycle + SEND: value for cycle, value in zip(sent, z, strict=True)}
        self.busy_until = sent[-1]

    async def layer(self, layer: dict, wait: int) -> None:
        lanes = parameter(self.dut, "Lanes")
        await self.tick(
            start_i=1,
            start_n_out_i=layer["nOut"],
            start_neuron_base_i=layer["base"],
            start_shift_i=layer["shift"],
        )
        self.started = self.now
        self.biases = {layer["base"] + j: bias for j, bias in enumerate(layer["biases"])}
        self.saturated = 0
        for j in range(0, layer["nOut"], lanes):
            await self.group(layer["accumulators"][j : j + lanes], layer["z"][j : j + lanes], wait)
        while self.expected:
            await self.tick()
        assert self.saturated == layer["saturated"]


@cocotb.test()
@cocotb.parametrize(wait=[0, 5], spread=[0, 1])
async def layers_come_out_right_and_on_time(dut, wait, spread):
    """First z of a group 7 cycles after its capture, then one a cycle; free_o as promised."""
    await start(dut, **QUIET, spread_i=spread)
    bench = Bench(dut, spread)
    for layer in vectors():
        await bench.layer(layer, wait)
        await bench.idle(wait)


@cocotb.test()
async def reset_forgets_the_group_in_work(dut):
    await start(dut, **QUIET, spread_i=0)
    for age in range(1, LATENCY + 2):
        await cycle(dut, start_i=1, start_n_out_i=3)
        await cycle(dut, start_i=0, reserve_i=1)
        await cycle(dut, reserve_i=0, capture_i=1)
        for _ in range(age):
            await cycle(dut, capture_i=0)
        await cycle(dut, rst_i=1)
        await cycle(dut, rst_i=0)
        for _ in range(LATENCY + parameter(dut, "Lanes")):
            assert read(dut.z_valid_o) == 0 and read(dut.free_o) == 1, f"reset at age {age}"
            await cycle(dut)
