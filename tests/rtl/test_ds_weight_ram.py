"""ds_weight_ram: one access a cycle, a row 1 cycle after its address, single words written."""

import cocotb
from harness import cycle, generator, pack, parameter, read, start

LATENCY = 1
CYCLES = 3000


@cocotb.test()
@cocotb.parametrize(writes=[0.05, 0.5])
async def reads_and_writes_share_the_port(dut, writes):
    """First every word once, lane by lane; then at random, also into several lanes at once."""
    rng = generator()
    lanes, rows, width = (parameter(dut, name) for name in ("Lanes", "Rows", "WordBits"))
    words = [[0] * lanes for _ in range(rows)]
    expected: list[int | None] = [None] * LATENCY
    await start(dut, we_i=0)
    for now in range(lanes * rows + CYCLES):
        filling = now < lanes * rows
        row = now // lanes if filling else rng.randrange(rows)
        enable = 0
        if filling:
            enable = 1 << now % lanes
        elif rng.random() < writes:
            enable = rng.choice([1 << rng.randrange(lanes), rng.getrandbits(lanes)])
        given = [rng.getrandbits(width) for _ in range(lanes)]
        await cycle(dut, we_i=enable, addr_i=row, wdata_i=pack(given, width))
        expected.append(None if enable else pack(words[row], width))
        want = expected.pop(0)
        if want is not None:
            assert read(dut.rdata_o) == want, f"cycle {now}"
        for lane in range(lanes):
            if enable >> lane & 1:
                words[row][lane] = given[lane]
