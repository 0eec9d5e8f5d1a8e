// The Verilated device, its clock, its time and its waves.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#if __has_include("Vds_device_uart.h")
#include "Vds_device_uart.h"
using Model = Vds_device_uart;
#else
#include "Vds_device.h"
using Model = Vds_device;
#endif
#include "queue.h"
#include "uart.h"
#include "verilated.h"
#include "waves.h"
#if VM_COVERAGE
#include <cstdlib>

#include <unistd.h>

#include "verilated_cov.h"
#endif

// Whether the model has a serial line instead of byte ports.
template <class M, class = void>
struct HasPins : std::false_type {};
template <class M>
struct HasPins<M, std::void_t<decltype(std::declval<M&>().rx_i)>> : std::true_type {};

template <class M>
class BasicBoard {
 public:
  static constexpr bool kPins = HasPins<M>::value;

  BasicBoard(int seed, const WaveOptions& waves, const LineRates& line)
      : uart_(line, static_cast<std::uint32_t>(seed)) {
    context_.randReset(2);
    context_.randSeed(seed);
    context_.traceEverOn(waves.file.has_value());
    model_ = std::make_unique<M>(&context_);
    model_->clk_i = 0;
    model_->skip_ms_i = 0;
    waves_.open(*model_, waves);
    reset();
  }
  ~BasicBoard() {
    waves_.close();
    model_->final();
#if VM_COVERAGE
    write_coverage();
#endif
  }
  BasicBoard(const BasicBoard&) = delete;
  BasicBoard& operator=(const BasicBoard&) = delete;

  // As the button on the board does; memories keep what they hold.
  void reset() {
    rest_inputs();
    model_->rst_i = 1;
    for (unsigned cycle = 0; cycle < kResetCycles; ++cycle) step();
    model_->rst_i = 0;
    settle();
  }

  // Nothing under way: clocks would change nothing until a byte comes or time passes.
  bool resting() const { return model_->idle_o && uart_.resting(); }
  // Not counting those in which idle time was passed on.
  std::uint64_t cycles() const { return cycles_ - idle_cycles_; }
  unsigned clock_hz() const { return model_->clock_hz_o; }
  std::uint64_t milliseconds() const {
    return skipped_ms_ + cycles() / (clock_hz() / 1000);
  }

  // Bits per second of the PC.
  void set_baud(double baud) { uart_.set_bit_cycles(clock_hz() / baud); }

  // Up to `count` cycles; stops early when all is at rest and `rx` is empty, or `tx` is full.
  void run(unsigned count, Queue& rx, Queue& tx) {
    if constexpr (kPins) {
      for (; count > 0 && !tx.full(); --count) {
        if (rx.empty() && resting()) return;
        model_->rx_i = uart_.send(rx);
        step();
        uart_.receive(model_->tx_o, tx);
      }
      return;
    } else {
      for (; count > 0; --count) {
        model_->rx_valid_i = !rx.empty();
        if (!rx.empty()) model_->rx_data_i = rx.front();
        model_->tx_ready_i = !tx.full();
        settle();
        if (model_->rx_valid_i) {
          if (model_->rx_ready_o) rx.pop();
        } else if (model_->idle_o) {
          return;
        }
        if (model_->tx_valid_o && model_->tx_ready_i) tx.push(model_->tx_data_o);
        clock();
      }
    }
  }

  // Lets time pass for the host alone: the device stands still.
  void freeze(unsigned milliseconds) { skipped_ms_ += milliseconds; }

  // Lets time pass at rest, as if that many milliseconds had been clocked.
  void skip(unsigned milliseconds) {
    rest_inputs();
    model_->skip_ms_i = milliseconds;
    skipped_ms_ += milliseconds;
    step();
    model_->skip_ms_i = 0;
    for (unsigned cycle = 0; cycle < kTimeoutCycles; ++cycle) step();
    idle_cycles_ += 1 + kTimeoutCycles;
  }

 private:
#if VM_COVERAGE
  // To a file of this process.
  void write_coverage() {
    const char* folder = std::getenv("DELTASCOPE_COVERAGE");
    if (folder == nullptr) return;
    const std::string file = std::string(folder) + "/" + std::to_string(getpid()) + ".dat";
    context_.coveragep()->write(file);
  }
#endif

  static constexpr unsigned kResetCycles = 8;
  static constexpr unsigned kTimeoutCycles = 8;  // what a time-out sets off is over by then

  void rest_inputs() {
    if constexpr (kPins) {
      model_->rx_i = 1;
    } else {
      model_->rx_valid_i = 0;
      model_->rx_data_i = 0;
      model_->tx_ready_i = 0;
      model_->line_idle_i = 1;
      model_->line_break_i = 0;
    }
  }
  void step() {
    settle();
    clock();
  }
  void settle() {
    model_->clk_i = 0;
    model_->eval();
  }
  void clock() {
    const bool wanted = waves_.on() && waves_.want(model_->busy_o, model_->images_o);
    if (wanted) waves_.dump(time_ps());
    model_->clk_i = 1;
    model_->eval();
    ++cycles_;
    if (wanted) waves_.dump(time_ps() - 500'000'000'000 / clock_hz());
  }
  std::uint64_t time_ps() const {
    return skipped_ms_ * 1'000'000'000 + cycles_ * (1'000'000'000'000 / clock_hz());
  }

  VerilatedContext context_;
  std::unique_ptr<M> model_;
  Waves waves_;
  Uart uart_;
  std::uint64_t cycles_ = 0;
  std::uint64_t idle_cycles_ = 0;
  std::uint64_t skipped_ms_ = 0;
};

using Board = BasicBoard<Model>;
