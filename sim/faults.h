// What a bad cable does to bytes, one direction.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "queue.h"

// Chance of each, per byte; of noise, per step of idle time.
struct FaultRates {
  double bit_errors = 0;
  double drop = 0;
  double duplicate = 0;
  double swap = 0;      // two bursts of up to kMaxBurst bytes change places
  double truncate = 0;  // the rest of a frame is lost, but for its zero
  double noise = 0;     // up to kMaxBurst bytes that nobody sent

  bool any() const { return bit_errors + drop + duplicate + swap + truncate > 0; }
};

class Faults {
 public:
  // The same seed does the same to the same bytes, however they are cut into pieces; but bursts
  // change places within a piece only.
  Faults(const FaultRates& rates, std::uint32_t seed) : rates_(rates), generator_(seed) {}

  // Damages what is in the queue behind its first `passed` bytes, which have been here before.
  void damage(Queue& queue, std::size_t passed) {
    if (!rates_.any() || queue.size() <= passed) return;
    tail_.clear();
    for (std::size_t at = passed; at < queue.size(); ++at) {
      std::uint8_t byte = queue.data()[at];
      if (byte == 0) truncating_ = false;
      if (truncating_ || happens(rates_.drop)) continue;
      if (happens(rates_.bit_errors)) byte ^= static_cast<std::uint8_t>(1u << (generator_() % 8));
      tail_.push_back(byte);
      if (happens(rates_.duplicate)) tail_.push_back(byte);
      if (happens(rates_.truncate)) truncating_ = true;
    }
    if (rates_.swap > 0) swap_bursts();
    queue.replace_tail(passed, tail_);
  }

  // Called once a step of idle time. @returns whether something came.
  bool make_noise(Queue& queue) {
    if (!happens(rates_.noise)) return false;
    for (std::size_t left = draw_burst(); left > 0 && queue.room() > 0; --left) {
      queue.push(static_cast<std::uint8_t>(generator_()));
    }
    return true;
  }

 private:
  static constexpr std::size_t kMaxBurst = 16;

  bool happens(double rate) { return rate > 0 && chance_(generator_) < rate; }
  std::size_t draw_burst() { return 1 + generator_() % kMaxBurst; }

  void swap_bursts() {
    for (std::size_t at = 0; at < tail_.size(); ++at) {
      if (!happens(rates_.swap)) continue;
      const std::size_t burst = draw_burst();
      if (tail_.size() - at < 2 * burst) return;
      const auto first = tail_.begin() + static_cast<std::ptrdiff_t>(at);
      const auto length = static_cast<std::ptrdiff_t>(burst);
      std::swap_ranges(first, first + length, first + length);
      at += 2 * burst - 1;
    }
  }

  FaultRates rates_;
  std::mt19937 generator_;
  std::uniform_real_distribution<double> chance_{0, 1};
  std::vector<std::uint8_t> tail_;
  bool truncating_ = false;
};
