"""ds_ram: reads 2 cycles after their address; a word read while it is written reads inverted."""

import cocotb
from harness import cycle, generator, parameter, read, start

LATENCY = 2
CYCLES = 3000


@cocotb.test()
async def reads_and_writes_go_on_every_cycle(dut):
    """A write and a read a cycle at random; half of them at the same address."""
    rng = generator()
    depth, width = parameter(dut, "Depth"), parameter(dut, "Width")
    words: list[int | None] = [None] * depth
    expected: list[int | None] = [None] * LATENCY
    await start(dut, we_i=0)
    for now in range(CYCLES):
        written = now if now < depth else rng.randrange(depth)
        asked = written if rng.random() < 0.5 else rng.randrange(depth)
        word = rng.getrandbits(width)
        enabled = int(now < depth or rng.random() < 0.5)
        await cycle(dut, we_i=enabled, waddr_i=written, wdata_i=word, raddr_i=asked)
        old = words[asked]
        hit = enabled and asked == written
        expected.append((1 << width) - 1 - old if hit and old is not None else old)
        want = expected.pop(0)
        if want is not None:
            assert read(dut.rdata_o) == want, f"cycle {now}"
        if enabled:
            words[written] = word
