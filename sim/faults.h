// What a bad cable does to bytes, one direction.
#pragma once
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "queue.h"

// Chance of each, per byte.
struct FaultRates {
  double bit_errors = 0;
  double drop = 0;
  double duplicate = 0;

  bool any() const { return bit_errors > 0 || drop > 0 || duplicate > 0; }
};

class Faults {
 public:
  // The same seed does the same to the same bytes, however they are cut into pieces.
  Faults(const FaultRates& rates, std::uint32_t seed) : rates_(rates), generator_(seed) {}

  // Damages what is in the queue behind its first `passed` bytes, which have been here before.
  void damage(Queue& queue, std::size_t passed) {
    if (!rates_.any() || queue.size() <= passed) return;
    tail_.clear();
    for (std::size_t at = passed; at < queue.size(); ++at) {
      std::uint8_t byte = queue.data()[at];
      if (happens(rates_.drop)) continue;
      if (happens(rates_.bit_errors)) byte ^= static_cast<std::uint8_t>(1u << (generator_() % 8));
      tail_.push_back(byte);
      if (happens(rates_.duplicate)) tail_.push_back(byte);
    }
    queue.replace_tail(passed, tail_);
  }

 private:
  bool happens(double rate) { return chance_(generator_) < rate; }

  FaultRates rates_;
  std::mt19937 generator_;
  std::uniform_real_distribution<double> chance_{0, 1};
  std::vector<std::uint8_t> tail_;
};
