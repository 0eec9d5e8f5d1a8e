// What a bad cable does to the level of a serial line, one direction, and to the moments at which it
// changes.
#pragma once
#include <cstdint>
#include <random>

// Chance of each, per bit time.
struct LineRates {
  double errors = 0;  // the other level for one bit time
  double breaks = 0;  // low for up to kMaxBreakBits
  // Most that an edge is off, either way, as a share of a bit time.
  double jitter = 0;
};

class Line {
 public:
  Line(const LineRates& rates, std::uint32_t seed) : rates_(rates), generator_(seed) {}

  // One level a cycle.
  bool pass(bool level, double bit_cycles) {
    if (rates_.errors + rates_.breaks <= 0) return level;
    if (faulty_cycles_ > 0) {
      faulty_cycles_ -= 1;
      return broken_ ? false : !level;
    }
    if (until_ < 0) {
      until_ = wait_(generator_) / (rates_.errors + rates_.breaks);
    }
    until_ -= 1 / bit_cycles;
    if (until_ < 0) {
      broken_ = chance_(generator_) * (rates_.errors + rates_.breaks) < rates_.breaks;
      faulty_cycles_ = bit_cycles * (broken_ ? 1 + generator_() % kMaxBreakBits : 1);
    }
    return level;
  }

  // By how much the next edge is later than the last one made it, in bit times.
  double move_edge() {
    if (rates_.jitter <= 0) return 0;
    const double before = offset_;
    offset_ = rates_.jitter * (2 * chance_(generator_) - 1);
    return offset_ - before;
  }

 private:
  static constexpr unsigned kMaxBreakBits = 40;

  LineRates rates_;
  std::mt19937 generator_;
  std::uniform_real_distribution<double> chance_{0, 1};
  std::exponential_distribution<double> wait_{1};
  double until_ = -1;  // the next fault, bit times; below 0 it is yet to be drawn
  double faulty_cycles_ = 0;
  bool broken_ = false;
  double offset_ = 0;
};
