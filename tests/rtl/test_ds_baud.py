"""ds_baud: a divisor counts after its reply, and is given up when nobody speaks it."""

import random

import cocotb
from streams import Bench

STROBES = ["write_i", "replied_i", "good_frame_i", "break_i"]


async def begin(dut) -> tuple[Bench, int]:
    for name in [*STROBES, "elapsed_i", "divisor_i"]:
        getattr(dut, name).value = 0
    dut.quiet_i.value = 1
    bench = Bench(dut)
    await bench.start()
    clock, baud = dut.ClockHz.value.to_unsigned(), dut.SafeBaud.value.to_unsigned()
    safe = (clock + baud // 2) // baud
    assert divisor(dut) == safe
    return bench, safe


def divisor(dut) -> int:
    return dut.divisor_o.value.to_unsigned()


async def pulse(dut, bench: Bench, name: str, cycles: int = 1):
    getattr(dut, name).value = 1
    await bench.run(cycles)
    getattr(dut, name).value = 0


async def write(dut, bench: Bench, value: int):
    dut.divisor_i.value = value
    await pulse(dut, bench, "write_i")
    dut.divisor_i.value = random.getrandbits(32)


async def change(dut, bench: Bench, value: int):
    await write(dut, bench, value)
    await pulse(dut, bench, "replied_i")
    await bench.run(2)
    assert divisor(dut) == value


async def pass_ms(dut, bench: Bench, milliseconds: int):
    dut.elapsed_i.value = milliseconds
    await bench.run(1)
    dut.elapsed_i.value = 0
    await bench.run(2)


@cocotb.test()
async def after_the_reply_has_left(dut):
    bench, safe = await begin(dut)
    await bench.run(5)
    await write(dut, bench, 24)
    await bench.run(50)
    assert divisor(dut) == safe, "before the reply"
    dut.quiet_i.value = 0
    await pulse(dut, bench, "replied_i")
    await bench.run(50)
    assert divisor(dut) == safe, "while it leaves"
    dut.quiet_i.value = 1
    await bench.run(2)
    assert divisor(dut) == 24


@cocotb.test()
async def given_up_without_a_good_frame(dut):
    bench, safe = await begin(dut)
    limit = dut.RevertMs.value.to_unsigned()
    await change(dut, bench, 24)
    await pass_ms(dut, bench, limit)
    assert divisor(dut) == 24
    await pass_ms(dut, bench, 1)
    assert divisor(dut) == safe
    # With one, it stays.
    await change(dut, bench, 12)
    await pass_ms(dut, bench, limit)
    await pulse(dut, bench, "good_frame_i")
    for _ in range(3):
        await pass_ms(dut, bench, limit)
    assert divisor(dut) == 12
    # Each change is on trial.
    await change(dut, bench, 6)
    await pass_ms(dut, bench, limit + 1)
    assert divisor(dut) == safe


@cocotb.test()
async def a_break_means_safe(dut):
    bench, safe = await begin(dut)
    await change(dut, bench, 24)
    await pulse(dut, bench, "good_frame_i")
    await pulse(dut, bench, "break_i")
    assert divisor(dut) == safe


@cocotb.test()
async def too_small_or_too_large_is_ignored(dut):
    bench, safe = await begin(dut)
    limit = 1 << safe.bit_length()
    for value in [*range(4), limit, 2 * limit + 24, 0x10018, 0x80000018]:
        await write(dut, bench, value)
        await pulse(dut, bench, "replied_i", 3)
        await bench.run(5)
        assert divisor(dut) == safe
    await change(dut, bench, 4)
    await change(dut, bench, limit - 1)


@cocotb.test()
async def the_last_of_two_counts(dut):
    bench, safe = await begin(dut)
    await write(dut, bench, 24)
    dut.quiet_i.value = 0
    await pulse(dut, bench, "replied_i")
    await write(dut, bench, 48)
    dut.quiet_i.value = 1
    await bench.run(9)
    assert divisor(dut) == safe, "the second one has no reply yet"
    await pulse(dut, bench, "replied_i")
    await bench.run(2)
    assert divisor(dut) == 48


@cocotb.test()
async def reset_means_safe(dut):
    bench, safe = await begin(dut)
    await change(dut, bench, 24)
    await write(dut, bench, 48)
    dut.rst_i.value = 1
    await bench.run(1)
    dut.rst_i.value = 0
    await pulse(dut, bench, "replied_i")
    await bench.run(9)
    assert divisor(dut) == safe
