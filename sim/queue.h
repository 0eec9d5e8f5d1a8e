// Bytes on their way, first in first out; filled and emptied in large pieces at the host's end,
// one at a time at the device's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

class Queue {
 public:
  static constexpr std::size_t kBytes = 1 << 16;

  bool empty() const { return begin_ == end_; }
  bool full() const { return end_ >= kBytes; }
  std::uint8_t front() const { return bytes_[begin_]; }
  void pop() { drop(1); }
  void push(std::uint8_t byte) { bytes_[end_++] = byte; }

  const std::uint8_t* data() const { return bytes_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  void drop(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  std::uint8_t* space() { return bytes_.data() + end_; }
  std::size_t room() const { return full() ? 0 : kBytes - end_; }
  void grow(std::size_t count) { end_ += count; }

  // Puts `tail` in the place of everything behind the first `kept` bytes; it may be twice as long.
  void replace_tail(std::size_t kept, const std::vector<std::uint8_t>& tail) {
    end_ = begin_ + kept;
    drop(0);
    for (const std::uint8_t byte : tail) push(byte);
  }

 private:
  // Twice the capacity: what faults duplicate comes on top.
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(2 * kBytes);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};
