"""ds_row_memory: rows and unit words 1 cycle after their address, side by side or, Shared, one a
cycle, where a row beside a unit access is lost and disturbs nothing."""

import cocotb
from harness import cycle, generator, pack, parameter, read, start

LATENCY = 1
CYCLES = 4000
UNIT_WORDS = 4
QUIET = {"row_write_i": 0, "unit_access_i": 0, "unit_write_i": 0}


class Bench:
    """Drives a cycle, knows both memories, compares what was read."""

    def __init__(self, dut):
        self.dut = dut
        self.rng = generator()
        names = ("Lanes", "Rows", "Units", "WordBits", "Shared")
        self.lanes, self.row_count, self.unit_count, self.width, self.shared = (
            parameter(dut, name) for name in names
        )
        self.rows = [[0] * self.lanes for _ in range(self.row_count)]
        self.units = [[0] * UNIT_WORDS for _ in range(self.unit_count)]
        self.expected = [[None] * LATENCY for _ in range(2)]
        self.compared = [0, 0]

    async def tick(self, *, row, row_write=0, unit_read=None, unit_write=0, unit_place=0) -> None:
        """Reads row `row` unless it is written; reads `unit_read`; writes into `unit_place`."""
        rng = self.rng
        read_place = unit_read
        if unit_read is None:
            read_place = unit_place if self.shared else rng.randrange(self.unit_count)
        words = [rng.getrandbits(self.width) for _ in range(UNIT_WORDS)]
        await cycle(
            self.dut,
            row_write_i=row_write,
            row_addr_i=row,
            unit_access_i=int(unit_read is not None or unit_write != 0),
            unit_raddr_i=read_place,
            unit_write_i=unit_write,
            unit_waddr_i=unit_place,
            unit_data_i=pack(words, self.width),
        )
        lost = self.shared and (unit_read is not None or unit_write)
        row_word = None if row_write or lost else pack(self.rows[row], self.width)
        undefined = unit_read is None or (unit_write and unit_read == unit_place)
        unit_word = None if undefined else pack(self.units[unit_read], self.width)
        outputs = (self.dut.row_data_o, self.dut.unit_data_o)
        for index, (signal, word) in enumerate(zip(outputs, (row_word, unit_word), strict=True)):
            self.expected[index].append(word)
            want = self.expected[index].pop(0)
            if want is not None:
                assert read(signal) == want, f"{('row', 'unit')[index]}: expected {want:#x}"
                self.compared[index] += 1
        for lane in range(self.lanes):
            if row_write >> lane & 1:
                self.rows[row][lane] = words[lane % UNIT_WORDS]
        for at in range(UNIT_WORDS):
            if unit_write >> at & 1:
                self.units[unit_place][at] = words[at]

    async def fill(self) -> None:
        for row in range(self.row_count):
            for lane in range(self.lanes):
                await self.tick(row=row, row_write=1 << lane)
        for place in range(self.unit_count):
            await self.tick(row=0, unit_write=0b1111, unit_place=place)

    def drawn(self, busy: float) -> dict:
        """An access that the header allows: no row is written beside a unit access."""
        rng = self.rng
        inputs = {"row": rng.randrange(self.row_count)}
        if rng.random() < busy:
            kinds = ["read", "write"] if self.shared else ["read", "write", "both"]
            kind = rng.choice(kinds)
            if kind != "write":
                inputs["unit_read"] = rng.randrange(self.unit_count)
            if kind != "read":
                inputs["unit_write"] = rng.randrange(1, 16)
                inputs["unit_place"] = rng.randrange(self.unit_count)
        elif rng.random() < 0.2:
            inputs["row_write"] = rng.getrandbits(self.lanes)
        return inputs


@cocotb.test()
@cocotb.parametrize(busy=[0.1, 0.5, 1.0])
async def rows_and_units_keep_apart(dut, busy):
    await start(dut, **QUIET)
    bench = Bench(dut)
    await bench.fill()
    for _ in range(CYCLES):
        await bench.tick(**bench.drawn(busy))
    for row in range(bench.row_count):
        await bench.tick(row=row)
    for place in [*range(bench.unit_count), 0, 0]:
        await bench.tick(row=0, unit_read=place)
    assert min(bench.compared) >= bench.unit_count
