"""ds_delta_vector: one element written and one row read a cycle, rows after 1 cycle."""

import cocotb
from harness import cycle, generator, pack, parameter, read, start

LATENCY = 1
CYCLES = 2000


@cocotb.test()
async def elements_come_back_as_rows(dut):
    rng = generator()
    lanes, rows, width = (parameter(dut, name) for name in ("Lanes", "Rows", "WordBits"))
    count = lanes * rows
    words = [0] * count
    expected: list[int | None] = [None] * LATENCY
    await start(dut, write_valid_i=0)
    for now in range(count + CYCLES):
        filling = now < count
        index = now if filling else rng.randrange(count)
        row = index // lanes if rng.random() < 0.5 else rng.randrange(rows)
        word = rng.getrandbits(width)
        valid = int(filling or rng.random() < 0.5)
        await cycle(
            dut, write_valid_i=valid, write_index_i=index, write_word_i=word, read_row_i=row
        )
        # A row that is written while it is read reads as anything.
        whole = (not filling or (row + 1) * lanes <= now) and not (valid and row == index // lanes)
        expected.append(pack(words[row * lanes : (row + 1) * lanes], width) if whole else None)
        want = expected.pop(0)
        if want is not None:
            assert read(dut.read_words_o) == want, f"cycle {now}"
        if valid:
            words[index] = word
