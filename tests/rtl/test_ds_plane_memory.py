"""ds_plane_memory: rows 1 cycle after their address, pairs of planes written beside the reading."""

import cocotb
from harness import cycle, generator, pack, parameter, read, start

CYCLES = 4000
PLANES = 4


@cocotb.test()
async def rows_and_pairs_are_remembered(dut):
    rng = generator()
    lanes, width, rows = (parameter(dut, name) for name in ("Lanes", "WordBits", "PlaneRows"))
    await start(dut, we_i=0, pair_we_i=0)
    memory = [[None] * lanes for _ in range(PLANES * rows)]
    expected = None  # of the address a cycle ago: its plane, and the row of each plane
    compared = 0

    def words(count: int) -> list[int]:
        return [rng.getrandbits(width) for _ in range(count)]

    for _ in range(CYCLES):
        addr, pair_addr = rng.randrange(PLANES * rows), rng.randrange(rows)
        row, pair = words(lanes), words(2 * lanes)
        kind = rng.choice(["none", "row", "pair"])
        we = rng.getrandbits(lanes) if kind == "row" else 0
        pair_we = rng.randint(1, 3) if kind == "pair" else 0
        await cycle(
            dut,
            addr_i=addr,
            we_i=we,
            wdata_i=pack(row, width),
            pair_we_i=pair_we,
            pair_addr_i=pair_addr,
            pair_data_i=pack(pair, width),
        )
        if expected is not None:
            plane, stored = expected
            for at, want in enumerate(stored):
                if None in want:
                    continue
                got = read(dut.planes_o) >> (at * lanes * width) & ((1 << lanes * width) - 1)
                assert got == pack(want, width), f"plane {at}"
                assert at != plane or read(dut.row_o) == got
                compared += 1
        # What is written and read at once reads as anything.
        own = addr % rows
        touched = own if we else pair_addr if pair_we else None
        stored = [[None] if touched == own else list(memory[p * rows + own]) for p in range(PLANES)]
        expected = (addr // rows, stored)
        for lane in range(lanes):
            if we >> lane & 1:
                memory[addr][lane] = row[lane]
        for half in range(2):
            if pair_we >> half & 1:
                memory[2 * half * rows + pair_addr] = pair[:lanes]
                memory[(2 * half + 1) * rows + pair_addr] = pair[lanes:]
    assert compared > CYCLES
