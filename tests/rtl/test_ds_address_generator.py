"""ds_address_generator: rows in order, each 3 cycles after the first cycle that was neither held
nor, for the last row of a forward group, waiting for the drain."""

import cocotb
from harness import anything, cycle, generator, read, start, vectors

LATENCY = 3
LIST_LATENCY = 2
STARTED = (
    "start_backward_i",
    "start_base_i",
    "start_n_in_i",
    "start_groups_i",
    "start_list_count_i",
)
QUIET = {"start_i": 0}


class Bench:
    """Drives a cycle, answers list addresses, plays the drain; foresees when each row leaves."""

    def __init__(self, dut, busy: int = 0, hold: float = 0.0):
        self.dut = dut
        self.rng = generator()
        self.busy = busy  # most cycles that the drain keeps a group
        self.hold = hold  # probability of hold_i in a cycle
        self.now = 0
        self.drain_free_at = 0
        self.list: list[int] = []
        self.list_words = [0] * LIST_LATENCY
        self.to_issue: list[tuple] = []  # rows, the next one first
        self.backward = self.empty = 0
        self.leaving: dict[int, tuple] = {}  # rows by the cycle they come out in
        self.stalled = self.came = 0  # cycles of waiting for the drain; rows

    async def tick(self, **inputs) -> None:
        dut, rng = self.dut, self.rng
        self.now += 1
        free = self.now >= self.drain_free_at
        held = rng.random() < self.hold
        word = self.list_words.pop(0)
        driven = {"drain_free_i": int(free), "hold_i": int(held), "list_index_i": word}
        await cycle(dut, **{**anything(dut, rng, *STARTED), **QUIET, **driven, **inputs})
        address = read(dut.list_addr_o)
        known = address < len(self.list)
        self.list_words.append(self.list[address] if known else rng.getrandbits(11))
        self.check_row()
        self.check_issue(free, held)

    def check_row(self) -> None:
        dut = self.dut
        want = self.leaving.pop(self.now, None)
        assert read(dut.row_valid_o) == int(want is not None), f"row_valid_o, expected {want}"
        if want is None:
            return
        self.came += 1
        names = ("row_addr_o", "row_inner_o", "row_first_o", "row_last_o")
        assert [read(getattr(dut, name)) for name in names] == list(want)
        assert (read(dut.row_backward_o), read(dut.row_empty_o)) == (self.backward, self.empty)

    def check_issue(self, free: bool, held: bool) -> None:
        """Of this cycle: the next row sets out, waits for the drain, or neither."""
        wanted = bool(self.to_issue) and not held
        needs_drain = wanted and not self.backward and self.to_issue[0][3]
        reserves, stalls = needs_drain and free, needs_drain and not free
        assert read(self.dut.drain_reserve_o) == int(reserves), "one reservation a forward group"
        assert read(self.dut.drain_stall_o) == int(stalls)
        self.stalled += stalls
        if wanted and not stalls:
            self.leaving[self.now + LATENCY] = self.to_issue.pop(0)
        if reserves:
            self.drain_free_at = self.now + 1 + (self.rng.randint(1, self.busy) if self.busy else 0)

    async def play(self, layer: dict) -> None:
        self.list, self.stalled, self.came = layer["list"], 0, 0
        values = (layer["backward"], layer["base"], layer["nIn"], layer["groups"], len(self.list))
        await self.tick(start_i=1, **dict(zip(STARTED, values, strict=True)))
        self.backward, self.empty = layer["backward"], layer["empty"]
        self.to_issue = [tuple(row) for row in layer["rows"]]
        while self.to_issue or self.leaving:
            await self.tick()
        assert self.came == len(layer["rows"])


@cocotb.test()
@cocotb.parametrize((("busy", "hold"), [(0, 0.0), (4, 0.2), (40, 0.0), (4, 0.9)]))
async def rows_come_in_order(dut, busy, hold):
    await start(dut, drain_free_i=1, hold_i=0, **QUIET)
    bench = Bench(dut, busy, hold)
    stalled = 0
    for layer in (each for each in vectors() if not hold or len(each["rows"]) < 400):
        await bench.play(layer)
        stalled += bench.stalled
        for _ in range(bench.rng.randint(0, 3)):
            await bench.tick()
    assert stalled > 0 or not busy, "no row ever waited for the drain"


@cocotb.test()
async def reset_ends_a_pass(dut):
    await start(dut, drain_free_i=1, hold_i=0, **QUIET)
    bench = Bench(dut)
    rows = vectors()
    for backward in (0, 1):
        layer = next(
            each for each in rows if each["backward"] == bool(backward) and len(each["rows"]) > 20
        )
        for age in range(1, 8):
            bench.list, bench.backward, bench.empty = layer["list"], backward, layer["empty"]
            values = (backward, layer["base"], layer["nIn"], layer["groups"], len(layer["list"]))
            await bench.tick(start_i=1, **dict(zip(STARTED, values, strict=True)))
            bench.to_issue = [tuple(row) for row in layer["rows"]]
            for _ in range(age):
                await bench.tick()
            await bench.tick(rst_i=1)
            bench.to_issue, bench.leaving = [], {}
            await bench.tick(rst_i=0)
            for _ in range(6):
                await bench.tick()
