"""ds_crc32 against Python's binascii.crc32, and the residue that the receiver relies on."""

import random
from binascii import crc32

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge

RESIDUE = 0x2144DF1C


async def feed(dut, message: bytes) -> int:
    """One byte a cycle with pauses; the sum is there one cycle after the last byte."""
    dut.clear_i.value, dut.valid_i.value = 1, random.getrandbits(1)
    await FallingEdge(dut.clk_i)
    dut.clear_i.value = 0
    for byte in message:
        while random.random() < 0.3:
            dut.valid_i.value, dut.data_i.value = 0, random.getrandbits(8)
            await FallingEdge(dut.clk_i)
        dut.valid_i.value, dut.data_i.value = 1, byte
        await FallingEdge(dut.clk_i)
    dut.valid_i.value = 0
    return dut.crc_o.value.to_unsigned()


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
