"""ds_timeout: never early, at most a millisecond late, whatever the steps time comes in."""

import random

import cocotb
from streams import Bench


class Timeout:
    def __init__(self, dut):
        self.dut = dut
        self.bench = Bench(dut, self)
        self.limit = dut.Milliseconds.value.to_unsigned()
        self.steps = lambda: 0
        self.before = 0  # elapsed one cycle ago
        self.elapsed = 0  # since the start, the millisecond under way not counted
        self.expired: list[int] = []

    def drive(self):
        self.step = self.steps()
        self.dut.elapsed_i.value = self.step

    def sample(self, _cycle: int):
        if self.dut.expired_o.value == 1:
            self.expired.append(self.elapsed)
        self.before = self.elapsed
        self.elapsed += self.step

    async def begin(self):
        self.dut.start_i.value = 0
        self.dut.stop_i.value = 0
        await self.bench.start()

    async def pulse(self, *names: str):
        for name in names:
            getattr(self.dut, name).value = 1
        await self.bench.run(1)
        for name in names:
            getattr(self.dut, name).value = 0
        if "start_i" in names:
            self.elapsed, self.expired = 0, []


@cocotb.test()
@cocotb.parametrize(
    steps=[lambda: 1, lambda: int(random.random() < 0.1), lambda: random.choice((0, 1, 50))]
)
async def runs_out_once(dut, steps):
    timeout = Timeout(dut)
    await timeout.begin()
    timeout.steps = steps
    for _ in range(5):
        await timeout.bench.run(random.randrange(50))
        await timeout.pulse("start_i")
        before = 0
        while not timeout.expired:
            before = timeout.before
            await timeout.bench.run(1)
        # The first millisecond was under way when it started.
        assert before < timeout.limit + 1 <= timeout.expired[0]
        await timeout.bench.run(3 * timeout.limit)
        assert len(timeout.expired) == 1


@cocotb.test()
async def a_start_begins_anew_and_a_stop_ends_it(dut):
    timeout = Timeout(dut)
    await timeout.begin()
    timeout.steps = lambda: 1
    for _ in range(5):
        await timeout.pulse("start_i")
        await timeout.bench.run(timeout.limit)
    assert timeout.expired == []
    await timeout.pulse("stop_i")
    await timeout.bench.run(3 * timeout.limit)
    assert timeout.expired == []
    # In the very cycle in which it would run out, and both at once.
    for names in (["start_i"], ["stop_i"]):
        await timeout.pulse("start_i")
        await timeout.bench.run(timeout.limit)
        await timeout.pulse(*names)
        assert timeout.expired == []
        await timeout.pulse("stop_i")
    # And in the next one, in which it would say so.
    for names in (["start_i"], ["stop_i"]):
        await timeout.pulse("start_i")
        await timeout.bench.run(timeout.limit + 1)
        await timeout.pulse(*names)
        assert timeout.expired == []
        await timeout.pulse("stop_i")
    await timeout.pulse("start_i", "stop_i")
    await timeout.bench.run(timeout.limit + 2)
    assert timeout.expired == [timeout.limit + 1]


@cocotb.test()
async def nothing_runs_after_reset(dut):
    timeout = Timeout(dut)
    await timeout.begin()
    timeout.steps = lambda: 1
    await timeout.bench.run(2 * timeout.limit)
    assert timeout.expired == []
    await timeout.pulse("start_i")
    dut.rst_i.value = 1
    await timeout.bench.run(1)
    dut.rst_i.value = 0
    await timeout.bench.run(2 * timeout.limit)
    assert timeout.expired == []
