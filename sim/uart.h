// The PC's side of a serial line, one level a cycle of the device's clock: 8 data bits, no parity,
// one stop bit. Its bit time need not be a whole number of cycles.
#pragma once
#include <cstdint>

#include "line.h"
#include "queue.h"

class Uart {
 public:
  explicit Uart(const LineRates& rates = {}, std::uint32_t seed = 0)
      : to_device_(rates, seed), from_device_(rates, ~seed) {}

  // From the next bit on.
  void set_bit_cycles(double cycles) { bit_cycles_ = cycles; }

  // No byte under way in either direction.
  bool resting() const { return sending_ == 0 && receiving_ == kIdle; }

  // The level towards the device in this cycle; takes the next byte when the last one is over.
  bool send(Queue& bytes) {
    if (sending_ == 0) {
      if (bytes.empty()) return to_device_.pass(true, bit_cycles_);
      shift_ = bytes.front() << 1 | 1 << kStopBit;
      bytes.pop();
      sending_ = kFrameBits;
      send_left_ += bit_cycles_;
    }
    const bool level = shift_ & 1;
    send_left_ -= 1;
    if (send_left_ <= 0) {
      shift_ >>= 1;
      // What the last cycle had too much goes off the next bit.
      if (--sending_ > 0) send_left_ += bit_cycles_ * (1 + to_device_.move_edge());
    }
    return to_device_.pass(level, bit_cycles_);
  }

  // The level from the device in this cycle. A byte without its stop bit is lost, as drivers do.
  void receive(bool sent, Queue& bytes) {
    const bool level = from_device_.pass(sent, bit_cycles_);
    if (receiving_ == kIdle) {
      if (level) return;
      receiving_ = 0;
      receive_left_ = bit_cycles_ / 2;
    } else if (receiving_ == kBroken) {
      if (level) receiving_ = kIdle;
      return;
    }
    receive_left_ -= 1;
    if (receive_left_ > 0) return;
    receive_left_ += bit_cycles_ * (1 + from_device_.move_edge());
    if (receiving_ == kStopBit) {
      if (level) bytes.push(static_cast<std::uint8_t>(received_ >> 1));
      receiving_ = level ? kIdle : kBroken;
      return;
    }
    if (receiving_ == 0) {
      received_ = 0;
      if (level) {
        receiving_ = kIdle;
        return;
      }
    }
    received_ |= static_cast<unsigned>(level) << receiving_;
    ++receiving_;
  }

 private:
  static constexpr int kFrameBits = 10;
  static constexpr int kStopBit = 9;
  static constexpr int kIdle = -1;
  static constexpr int kBroken = -2;  // until the line is high again

  Line to_device_;
  Line from_device_;
  double bit_cycles_ = 1;
  unsigned shift_ = 0;
  int sending_ = 0;  // bits not yet over
  double send_left_ = 0;
  unsigned received_ = 0;
  int receiving_ = kIdle;  // number of the bit
  double receive_left_ = 0;
};
