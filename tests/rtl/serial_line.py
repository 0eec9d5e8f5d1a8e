"""A serial line as the other side drives it: levels of any length, in real time."""

import random
from collections import deque


class SerialLine:
    """Drives rx_i; collects what ds_uart_rx says. A bench part."""

    def __init__(self, dut, cycles_a_bit: float):
        self.dut = dut
        self.bit = cycles_a_bit
        self.levels: deque[tuple[float, int]] = deque()  # cycles, level
        self.left = 0.0
        self.level = 1
        self.fell: int | None = None  # cycle of the last falling edge
        self.cycle = 0
        self.bytes: list[int] = []
        self.cycles: list[int] = []
        self.framing_errors = 0
        self.breaks = 0

    def send(self, byte: int, stop: int = 1):
        bits = [0, *((byte >> at) & 1 for at in range(8)), stop]
        self.levels.extend((self.bit, bit) for bit in bits)

    def hold(self, level: int, cycles: float):
        self.levels.append((cycles, level))

    @property
    def busy(self) -> bool:
        return bool(self.levels) or self.left > 0

    def drive(self):
        self.cycle += 1
        self.left -= 1
        while self.left <= 0 and self.levels:
            length, level = self.levels.popleft()
            if self.left < -1:  # the line was at rest: the edge comes anywhere in a cycle
                self.left = -random.random() if length != int(length) else 0.0
            if self.level and not level:
                self.fell = self.cycle
            self.level = level
            self.left += length
        if self.left <= 0:
            self.level = 1
        self.dut.rx_i.value = self.level

    def sample(self, _cycle: int):
        if self.dut.rst_i.value == 1:
            return
        if self.dut.out_valid_o.value == 1:
            self.bytes.append(self.dut.out_data_o.value.to_unsigned())
            self.cycles.append(self.cycle)
        self.framing_errors += self.dut.framing_error_o.value == 1
        self.breaks += self.dut.break_o.value == 1
