"""ds_address_generator: rows in order, one a cycle, 3 cycles after their list address; the last
row of a forward group waits for the drain."""

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
    """Drives a cycle, answers list addresses, plays the drain, notes rows and reservations."""

    def __init__(self, dut, busy: int):
        self.dut = dut
        self.rng = generator()
        self.busy = busy  # most cycles that the drain keeps a group
        self.now = 0
        self.drain_free_at = 0
        self.list: list[int] = []
        self.list_words = [0] * LIST_LATENCY
        self.rows: list[tuple] = []
        self.reserved: list[int] = []  # cycles
        self.waiting = 0  # a row waits for the drain
        self.stalled = 0  # cycles in which the drain was not free

    async def tick(self, **inputs) -> None:
        dut, rng = self.dut, self.rng
        self.now += 1
        free = self.now >= self.drain_free_at
        self.stalled += not free
        ignored = anything(dut, rng, *STARTED)
        word = self.list_words.pop(0)
        driven = {"drain_free_i": int(free), "list_index_i": word}
        await cycle(dut, **{**ignored, **QUIET, **driven, **inputs})
        self.waiting = read(dut.drain_stall_o)
        assert not (self.waiting and (free or read(dut.drain_reserve_o)))
        address = read(dut.list_addr_o)
        known = address < len(self.list)
        self.list_words.append(self.list[address] if known else rng.getrandbits(11))
        if read(dut.drain_reserve_o):
            assert free, "reserved a drain that is not free"
            self.reserved.append(self.now)
            self.drain_free_at = self.now + 1 + (rng.randint(1, self.busy) if self.busy else 0)
        if read(dut.row_valid_o):
            names = ("row_addr_o", "row_group_o", "row_first_o", "row_last_o")
            row = [read(getattr(dut, name)) for name in names]
            flags = read(dut.row_backward_o), read(dut.row_empty_o)
            self.rows.append((self.now, row, flags))

    async def play(self, layer: dict) -> None:
        self.rows, self.reserved, self.stalled = [], [], 0
        self.list = layer["list"]
        values = (layer["backward"], layer["base"], layer["nIn"], layer["groups"], len(self.list))
        await self.tick(start_i=1, **dict(zip(STARTED, values, strict=True)))
        started = self.now
        limit = len(layer["rows"]) + (layer["groups"] + 1) * self.busy + LATENCY + 2
        while len(self.rows) < len(layer["rows"]):
            assert self.now < started + limit, f"{len(self.rows)} rows after {limit} cycles"
            await self.tick()
        self.check(layer, started)

    def check(self, layer: dict, started: int) -> None:
        for (now, row, flags), want in zip(self.rows, layer["rows"], strict=True):
            assert row == want, f"row {row}, expected {want}"
            assert flags == (layer["backward"], layer["empty"])
            if not layer["backward"] and want[3]:
                assert now - LATENCY in self.reserved, "last row not 3 cycles after its reservation"
        wanted = 0 if layer["backward"] else layer["groups"]
        assert len(self.reserved) == wanted, "one reservation a group, forward only"
        assert self.rows[0][0] >= started + 1 + LATENCY
        if layer["backward"] or not self.stalled:
            cycles = [now for now, _, _ in self.rows]
            first = started + 1 + LATENCY
            assert cycles == list(range(first, first + len(cycles))), "not one row a cycle"


@cocotb.test()
@cocotb.parametrize(busy=[0, 4, 40])
async def rows_come_in_order(dut, busy):
    await start(dut, drain_free_i=1, **QUIET)
    bench = Bench(dut, busy)
    for layer in vectors():
        await bench.play(layer)
        for _ in range(bench.rng.randint(0, 3)):
            await bench.tick()
        assert len(bench.rows) == len(layer["rows"]), "rows after the last one"


@cocotb.test()
async def only_last_rows_wait_for_the_drain(dut):
    """With a drain that is never free, all rows of the group but the last are out."""
    await start(dut, drain_free_i=1, **QUIET)
    bench = Bench(dut, 0)
    bench.list = [0, 1, 2, 3]
    bench.drain_free_at = 50
    await bench.tick(
        start_i=1, start_backward_i=0, start_base_i=0, start_n_in_i=9, start_groups_i=1,
        start_list_count_i=4,
    )  # fmt: skip
    while bench.now < 49:
        await bench.tick()
        assert bench.waiting == int(bench.now > 4), "drain_stall_o: from the fourth row on"
    assert [row[0] for _, row, _ in bench.rows] == [0, 1, 2]
    while bench.now < 50 + LATENCY:
        await bench.tick()
    assert [row[0] for _, row, _ in bench.rows] == [0, 1, 2, 3]


@cocotb.test()
async def reset_ends_a_pass(dut):
    await start(dut, drain_free_i=1, **QUIET)
    bench = Bench(dut, 0)
    for backward in (0, 1):
        await bench.tick(
            start_i=1, start_backward_i=backward, start_n_in_i=20, start_groups_i=3,
            start_list_count_i=20,
        )  # fmt: skip
        for _ in range(5):
            await bench.tick()
        await bench.tick(rst_i=1)
        bench.rows, bench.reserved = [], []
        await bench.tick(rst_i=0)
        for _ in range(10):
            await bench.tick()
        assert not bench.rows and not bench.reserved
