"""ds_mac_array: groups and sums, their latencies, idle cycles between rows, reset."""

import cocotb
from harness import anything, cycle, generator, pack, parameter, read, start, unpack, vectors

FORWARD_LATENCY = 4  # to the accumulators
ANNOUNCED = 2  # cycles before them: capture_o
FLAGS = ("row_first_i", "row_last_i")
OPERANDS = ("row_weights_i", "row_activation_i", "row_deltas_i")


def backward_latency(dut) -> int:
    return 4 + (parameter(dut, "Lanes") - 1).bit_length()


def rows_of(job: dict, word_bits: int, rng) -> list[dict]:
    """The input values of each row; the operand of the other pass holds anything."""
    rows = job["rows"]
    inputs = []
    for index, (weights, operand) in enumerate(rows):
        width = len(weights) * word_bits
        backward = job["backward"]
        inputs.append(
            {
                "row_valid_i": 1,
                "row_backward_i": int(backward),
                "row_first_i": int(index == 0),
                "row_last_i": int(index == len(rows) - 1),
                "row_weights_i": pack(weights, word_bits),
                "row_activation_i": rng.getrandbits(word_bits) if backward else operand,
                "row_deltas_i": pack(operand, word_bits) if backward else rng.getrandbits(width),
            }
        )
    return inputs


async def idle_cycle(dut, rng) -> None:
    await cycle(dut, row_valid_i=0, **anything(dut, rng, "row_backward_i", *FLAGS, *OPERANDS))


async def check_jobs(dut, jobs: list[dict], idle: float) -> None:
    """Every group and sum appears its latency after its last row, right, and nothing else."""
    rng = generator()
    word_bits = parameter(dut, "WordBits")
    acc_bits = parameter(dut, "AccBits")
    lanes = parameter(dut, "Lanes")
    captures: dict[int, list[int]] = {}  # by cycle
    sums: dict[int, int] = {}
    now = 0

    def check() -> None:
        assert read(dut.capture_o) == int(now + ANNOUNCED in captures), f"capture_o in cycle {now}"
        want = captures.pop(now, None)
        if want is not None:
            got = unpack(read(dut.accumulators_o), acc_bits, lanes)
            assert got == want, f"accumulators in cycle {now}: {got}, expected {want}"
        want = sums.pop(now, None)
        assert read(dut.sum_valid_o) == int(want is not None), f"sum_valid_o in cycle {now}"
        if want is not None:
            got = dut.sum_o.value.to_signed()
            assert got == want, f"sum in cycle {now}: {got}, expected {want}"

    for job in jobs:
        for row in rows_of(job, word_bits, rng):
            while rng.random() < idle:
                await idle_cycle(dut, rng)
                check()
                now += 1
            await cycle(dut, **row)
            if row["row_last_i"] and job["backward"]:
                sums[now + backward_latency(dut)] = job["sum"]
            elif row["row_last_i"]:
                captures[now + FORWARD_LATENCY] = job["accumulators"]
            check()
            now += 1
    for _ in range(backward_latency(dut) + 2):
        await idle_cycle(dut, rng)
        check()
        now += 1
    assert not captures and not sums


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4])
async def groups_and_sums_are_exact_and_on_time(dut, idle):
    """Forward groups and backward sums in any order, one row a cycle or with idle cycles."""
    await start(dut, row_valid_i=0)
    await check_jobs(dut, vectors(), idle)


@cocotb.test()
async def reset_forgets_what_is_under_way(dut):
    rng = generator()
    await start(dut, row_valid_i=0)
    for backward in (0, 1):
        for _ in range(backward_latency(dut)):
            operands = anything(dut, rng, *OPERANDS)
            flags = {"row_backward_i": backward, "row_first_i": 1, "row_last_i": 1}
            await cycle(dut, row_valid_i=1, **flags, **operands)
        await cycle(dut, rst_i=1, row_valid_i=0)
        await cycle(dut, rst_i=0)
        for _ in range(backward_latency(dut) + 1):
            assert read(dut.capture_o) == 0 and read(dut.sum_valid_o) == 0
            await cycle(dut)
    await check_jobs(dut, vectors()[:20], 0.2)
