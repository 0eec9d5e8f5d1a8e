// A board's netlist, from the pins inwards; see board.h for the device in its source's own form.
#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>

#include "Vgates.h"
#include "queue.h"
#include "uart.h"
#include "verilated.h"
#include "waves.h"

#ifndef DS_CLOCK_HZ
#error "the netlist does not say its clock: -DDS_CLOCK_HZ=..."
#endif

// Its pin clk_i is driven at the rate of the pipeline: the model of the PLL passes it on.
class Gates {
 public:
  static constexpr bool kPins = true;

  Gates(int seed, const WaveOptions&, const LineRates& line)
      : uart_(line, static_cast<std::uint32_t>(seed)) {
    context_.randReset(2);
    context_.randSeed(seed);
    model_ = std::make_unique<Vgates>(&context_);
    model_->clk_i = 0;
    model_->rx_i = 1;
    for (unsigned cycle = 0; cycle < kStartCycles; ++cycle) step();
  }
  ~Gates() { model_->final(); }
  Gates(const Gates&) = delete;
  Gates& operator=(const Gates&) = delete;

  // A netlist has no reset but its start.
  void reset() { throw std::logic_error("a netlist cannot be reset"); }

  // A netlist does not say when it is done: the line has been still for longer than any answer
  // of a small network takes.
  bool resting() const { return uart_.resting() && still_cycles_ >= kStillCycles; }
  std::uint64_t cycles() const { return cycles_; }
  unsigned clock_hz() const { return DS_CLOCK_HZ; }
  std::uint64_t milliseconds() const { return skipped_ms_ + cycles_ / (clock_hz() / 1000); }

  // Bits per second of the PC.
  void set_baud(double baud) { uart_.set_bit_cycles(clock_hz() / baud); }

  // Up to `count` cycles; stops early when all is at rest and `rx` is empty, or `tx` is full.
  void run(unsigned count, Queue& rx, Queue& tx) {
    for (; count > 0 && !tx.full(); --count) {
      if (rx.empty() && resting()) return;
      model_->rx_i = uart_.send(rx);
      step();
      uart_.receive(model_->tx_o, tx);
      still_cycles_ = uart_.resting() ? still_cycles_ + 1 : 0;
    }
  }

  // Lets time pass for the host alone: the device's own time-outs need its clock.
  void skip(unsigned milliseconds) { freeze(milliseconds); }
  void freeze(unsigned milliseconds) { skipped_ms_ += milliseconds; }

 private:
  static constexpr unsigned kStartCycles = 100;  // lock of the PLL and reset
  static constexpr unsigned kStillCycles = 1 << 14;

  void step() {
    model_->clk_i = 0;
    model_->eval();
    model_->clk_i = 1;
    model_->eval();
    ++cycles_;
  }

  VerilatedContext context_;
  std::unique_ptr<Vgates> model_;
  Uart uart_;
  std::uint64_t cycles_ = 0;
  std::uint64_t skipped_ms_ = 0;
  unsigned still_cycles_ = 0;
};

using Board = Gates;
