"""ds_crc32 against Python's binascii.crc32, and the residue that the receiver relies on."""

import random
from binascii import crc32

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge

RESIDUE = 0x2144DF1C
CYCLES = 2  # a byte


async def feed(dut, message: bytes) -> int:
    """A byte in two cycles, with pauses; cleared at any time."""
    dut.clear_i.value, dut.valid_i.value = 1, random.getrandbits(1)
    await FallingEdge(dut.clk_i)
    dut.clear_i.value = 0
    for byte in message:
        await give(dut, byte, drain=0)
    return dut.crc_o.value.to_unsigned()


async def give(dut, byte: int, drain: int):
    """Taken at once, and done when the second cycle is over."""
    while random.random() < 0.3:
        await noise(dut, valid=0)
    assert dut.ready_o.value == 1
    dut.valid_i.value, dut.data_i.value, dut.drain_i.value = 1, byte, drain
    await FallingEdge(dut.clk_i)
    for _ in range(CYCLES - 1):
        assert dut.ready_o.value == 0
        await noise(dut, valid=random.getrandbits(1))
    assert dut.ready_o.value == 1
    dut.valid_i.value = 0


async def noise(dut, valid: int):
    dut.valid_i.value, dut.data_i.value = valid, random.getrandbits(8)
    dut.drain_i.value = random.getrandbits(1)
    await FallingEdge(dut.clk_i)


@cocotb.test()
async def agrees_with_binascii(dut):
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    dut.rst_i.value = 1
    await FallingEdge(dut.clk_i)
    dut.rst_i.value = 0
    for message in [b"", b"\0", b"\xff", b"123456789"] + [random.randbytes(n) for n in range(40)]:
        assert await feed(dut, message) == crc32(message), message.hex()
        whole = message + crc32(message).to_bytes(4, "little")
        assert await feed(dut, whole) == RESIDUE, whole.hex()
        await feed(dut, message)
        drained = []
        for _ in range(4):
            drained.append(dut.crc_o.value.to_unsigned() & 0xFF)
            await give(dut, random.getrandbits(8), drain=1)
        assert bytes(drained) == crc32(message).to_bytes(4, "little")


@cocotb.test()
async def a_clear_ends_the_byte_under_way(dut):
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    dut.rst_i.value = 1
    await FallingEdge(dut.clk_i)
    dut.rst_i.value = 0
    for cycles in range(3):
        await feed(dut, b"before")
        dut.valid_i.value, dut.drain_i.value = 1, 0
        for _ in range(cycles):
            await FallingEdge(dut.clk_i)
        assert await feed(dut, b"after") == crc32(b"after")
