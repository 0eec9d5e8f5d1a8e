"""ds_update_lanes: each result 7 cycles after its last operation, counts with it, and reset."""

import cocotb
from harness import anything, check_reset, cycle, generator, pack, parameter, read, start, vectors

LATENCY = 7
ZEROED_AFTER = 8
CLAMPED_AFTER = 9
QUIET = {"valid_i": 0}
IGNORED = (
    *("x_i", "y_i", "shift_i", "subtract_i", "first_i", "base_i", "last_i", "to_v_i", "count_i"),
    *("row_i", "lanes_i", "deltas_i", "planes_i"),
)


def rows_of(job: dict, width: int, rng, row_bits: int) -> list[dict]:
    """The inputs of each operation."""
    planes = pack([word for plane in job["planes"] for word in plane], width)
    deltas = pack(job["deltas"], width)
    to_v, row = rng.randint(0, 1), rng.getrandbits(row_bits)
    last = len(job["operations"]) - 1
    return [
        {
            "valid_i": 1,
            "x_i": operation["x"],
            "y_i": operation["y"],
            "shift_i": operation["shift"],
            "subtract_i": int(operation["subtract"]),
            "first_i": int(index == 0),
            "base_i": job["base"] if index == 0 else rng.getrandbits(2),
            "last_i": int(index == last),
            "to_v_i": to_v,
            "count_i": rng.randint(0, 1),
            "row_i": row,
            "lanes_i": pack(job["used"], 1),
            "deltas_i": deltas,
            "planes_i": planes,
        }
        for index, operation in enumerate(job["operations"])
    ]


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4])
async def results_and_counts_come_on_time(dut, idle):
    rng = generator()
    await start(dut, **QUIET)
    width, row_bits = parameter(dut, "WordBits"), parameter(dut, "RowBits")
    writes, zeroed, clamped = {}, {}, {}  # by cycle
    now = 0

    async def tick(**inputs) -> None:
        nonlocal now
        now += 1
        await cycle(dut, **inputs)
        target, row, word = writes.pop(now, (0, None, None))
        assert read(dut.write_o) == target, f"write_o in cycle {now}"
        if target:
            assert read(dut.write_row_o) == row
            assert read(dut.write_data_o) == word, f"cycle {now}"
        assert read(dut.zeroed_o) == zeroed.pop(now, 0), f"zeroed_o in cycle {now}"
        assert read(dut.clamped_o) == clamped.pop(now, 0), f"clamped_o in cycle {now}"

    for job in vectors():
        for inputs, count in zip(rows_of(job, width, rng, row_bits), job["zeroed"], strict=True):
            while rng.random() < idle:
                await tick(**{**anything(dut, rng, *IGNORED), **QUIET})
            at = now + 1
            if inputs["count_i"]:
                zeroed[at + ZEROED_AFTER] = count
            if inputs["last_i"]:
                word = pack([word for plane in job["result"] for word in plane], width)
                writes[at + LATENCY] = (2 if inputs["to_v_i"] else 1, inputs["row_i"], word)
                clamped[at + CLAMPED_AFTER] = job["clamped"]
            await tick(**inputs)
            assert read(dut.busy_o) == 1
    for age in range(1, CLAMPED_AFTER + 3):
        await tick(**QUIET)
        assert read(dut.busy_o) == int(age <= LATENCY)
    assert not writes and not zeroed and not clamped


@cocotb.test()
async def reset_writes_nothing(dut):
    await start(dut, **QUIET)
    rng = generator()

    async def feed() -> None:
        await cycle(dut, **{**anything(dut, rng, *IGNORED), "valid_i": 1, "last_i": 1})

    await check_reset(dut, latency=LATENCY, valid="write_o", feed=feed, idle=QUIET)
