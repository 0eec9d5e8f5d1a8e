"""Frames as the host would make and read them: an independent COBS, and Python's CRC-32."""

import struct
from binascii import crc32

from contract import REPLY_DECODED_BYTES, REPLY_FLAG, REPLY_HEADER_BYTES, REPLY_WIRE_BYTES


def cobs_encode(data: bytes) -> bytes:
    """With the delimiter."""
    wire = bytearray()
    block = bytearray()
    for byte in data + b"\0":  # every block ends in a zero, the last one in one that is not sent
        if byte:
            block.append(byte)
        if not byte or len(block) == 254:
            wire += bytes([len(block) + 1]) + block
            block.clear()
    return bytes(wire + b"\0")


def cobs_decode(wire: bytes) -> bytes:
    """Without the delimiter."""
    data = b""
    at = 0
    while at < len(wire):
        code = wire[at]
        assert code > 0 and at + code <= len(wire), f"bad block at {at} of {wire.hex()}"
        data += wire[at + 1 : at + code]
        at += code
        if code < 255 and at < len(wire):
            data += b"\0"
    return data


def with_crc(body: bytes) -> bytes:
    return body + struct.pack("<I", crc32(body))


def request_body(opcode: int, sequence: int, payload: bytes = b"") -> bytes:
    return struct.pack("<BBH", opcode, sequence & 0xFF, len(payload)) + payload


def request(opcode: int, sequence: int, payload: bytes = b"") -> bytes:
    """As it goes over the wire."""
    return cobs_encode(with_crc(request_body(opcode, sequence, payload)))


def words(region: int, address: int, values: list[int], size: int = 4) -> bytes:
    """Payload of a write."""
    mask = (1 << 8 * size) - 1
    data = b"".join((value & mask).to_bytes(size, "little") for value in values)
    return struct.pack("<B", region) + address.to_bytes(3, "little") + data


def span(region: int, address: int, count: int) -> bytes:
    """Payload of a read."""
    return struct.pack("<B", region) + address.to_bytes(3, "little") + bytes([count])


class Reply:
    """A cell, checked for everything that every reply has in common."""

    def __init__(self, wire: bytes):
        assert len(wire) == REPLY_WIRE_BYTES, f"{len(wire)} bytes"
        assert wire[-1] == 0 and 0 not in wire[:-1], wire.hex()
        cell = cobs_decode(wire[:-1])
        assert len(cell) == REPLY_DECODED_BYTES, f"{len(cell)} bytes decoded"
        body = cell[:-4]
        assert with_crc(body) == cell, f"CRC of {cell.hex()}"
        flagged, self.sequence, self.status, length = body[:REPLY_HEADER_BYTES]
        assert flagged & REPLY_FLAG, f"opcode {flagged:#x}"
        self.opcode = flagged & ~REPLY_FLAG
        self.payload = body[REPLY_HEADER_BYTES : REPLY_HEADER_BYTES + length]
        assert not any(body[REPLY_HEADER_BYTES + length :]), "padding is not zero"

    def words(self) -> list[int]:
        return [word for (word,) in struct.iter_unpack("<I", self.payload)]
