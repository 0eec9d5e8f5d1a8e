// Bytes that wait on the PC's side before the host sees them, as in a chip between UART and USB.
#pragma once
#include <cstdint>
#include <deque>

#include "queue.h"

class Delay {
 public:
  bool empty() const { return waiting_.empty(); }

  // Of the oldest, ms; not when it is empty.
  std::uint64_t due() const { return waiting_.front().due; }

  void put(Queue& bytes, std::uint64_t due) {
    for (; !bytes.empty(); bytes.pop()) waiting_.push_back({due, bytes.front()});
  }

  // What is due by `now`, as far as there is room.
  void release(Queue& bytes, std::uint64_t now) {
    for (; !waiting_.empty() && waiting_.front().due <= now && bytes.room() > 0;) {
      bytes.push(waiting_.front().byte);
      waiting_.pop_front();
    }
  }

 private:
  struct Waiting {
    std::uint64_t due;  // ms
    std::uint8_t byte;
  };
  std::deque<Waiting> waiting_;
};
