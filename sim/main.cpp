// The board without a board: the device under Verilator, its link on a pseudo-terminal or, with
// --stdio, on standard input and output. Options: see options.h.
//
// Build: this file, with --top-module ds_device for `--link bytes` (a byte a cycle at most, in
// parallel) or --top-module ds_device_uart for `--link pins` (real UART bits); --prefix Vds_device
// or the name of the top; with --trace added for `--trace`; --prefix Vgates for a board's netlist.
// sim/*.h belong to it.
//
// Says one JSON line about itself on standard output (with --stdio on standard error), then the
// simulated time there, {"ms": N}, at most every 50 ms. What the host does not take stops the
// device, and what the device does not take stays with the host. While the device is idle it is
// not clocked: then simulated time follows the wall's, in steps. Ends when standard input ends,
// which is how it notices that its parent is gone, after it has said what it has to say.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <poll.h>

#include "delay.h"
#include "faults.h"
#include "host_end.h"
#include "lifeline.h"
#include "model.h"
#include "options.h"
#include "queue.h"
#include "report.h"

#ifndef DS_BOARD
#define DS_BOARD ""
#endif
#ifndef DS_CONTRACT_CRC
#define DS_CONTRACT_CRC 0
#endif

namespace {

using std::chrono::milliseconds;

// Cycles between two looks at the terminal: a look costs as much as a few cycles.
constexpr unsigned kCyclesPerLook = 2048;
// How long a queue that nobody reads may hold up the end.
constexpr milliseconds kFarewell{300};
// Idle time is passed on in steps between these; below the first, a pause is none.
constexpr milliseconds kLeastStep{5};
// While bytes wait on the way to the host, and at first where a line has errors: so much slower than
// the wall's time, in shorter steps, so that a host that is slow to answer hardly counts.
constexpr int kSlowly = 10;
constexpr milliseconds kShortStep{1};
constexpr unsigned kSlowAtFirstMs = 100;
constexpr milliseconds kStep = Heartbeat::kInterval;

class Simulation {
 public:
  explicit Simulation(const Options& options)
      : options_(options),
        board_(options.seed, options.waves, options.line),
        faults_in_(options.faults, static_cast<std::uint32_t>(options.seed)),
        faults_out_(options.faults, ~static_cast<std::uint32_t>(options.seed)),
        heartbeat_(options.stdio ? STDERR_FILENO : STDOUT_FILENO) {
    if (options.stdio) {
      host_ = std::make_unique<StandardStreams>();
    } else {
      host_ = std::make_unique<PseudoTerminal>();
    }
    if (options.stats) statistics_.emplace(*options.stats);
  }

  void greet() const {
    const auto path = host_->path();
    std::FILE* stream = options_.stdio ? stderr : stdout;
    std::fprintf(stream,
                 "{\"pty\": %s, \"board\": \"%s\", \"contractCrc\": %lu, \"seed\": %d, "
                 "\"link\": \"%s\", \"clockHz\": %u}\n",
                 path ? ('"' + *path + '"').c_str() : "null", DS_BOARD,
                 static_cast<unsigned long>(DS_CONTRACT_CRC), options_.seed,
                 Board::kPins ? "pins" : "bytes", board_.clock_hz());
    std::fflush(stream);
  }

  void serve() {
    while (!over()) {
      wait();
      work();
    }
    if (statistics_) statistics_->write_down(board_.cycles(), waited_ms_);
  }

 private:
  void work() {
    if (Board::kPins) board_.set_baud(options_.skew * host_->baud().value_or(options_.baud));
    if (!is_stalled()) run();
    resting_ = rx_.empty() && board_.resting();
    if (!resting_) idle_ms_ = 0;
    const std::uint64_t so_far = board_.cycles() + waited_ms_;
    if (resting_ && statistics_ && written_ != so_far) {
      written_ = so_far;
      statistics_->write_down(board_.cycles(), waited_ms_);
    }
    late_.release(to_host(), board_.milliseconds());
    host_->write_from(to_host());
    heartbeat_.beat(Clock::now(), board_.milliseconds(), resting_ && is_slow());
  }

  void run() {
    const std::size_t passed = tx_.size();
    const std::size_t before = rx_.size();
    board_.run(kCyclesPerLook, rx_, tx_);
    taken_ += before - rx_.size();
    if (is_time(options_.reset_every, resets_)) board_.reset();
    if (is_time(options_.stall_every, stalls_)) {
      stalled_until_ = board_.milliseconds() + options_.stall_ms;
    }
    faults_out_.damage(tx_, passed);
    if (options_.reply_latency_ms > 0) {
      late_.put(tx_, board_.milliseconds() + options_.reply_latency_ms);
    }
  }

  // Once each time that so many more bytes were taken from the host.
  bool is_time(const std::optional<std::uint64_t>& every, std::uint64_t& times) const {
    if (!every || taken_ / *every == times) return false;
    times = taken_ / *every;
    return true;
  }

  bool is_stalled() const { return board_.milliseconds() < stalled_until_; }
  Queue& to_host() { return options_.reply_latency_ms > 0 ? released_ : tx_; }

  bool over() const {
    if (host_->output_over()) return true;
    const bool done = resting_ && tx_.empty() && released_.empty() && late_.empty();
    if (ending_) return done || Clock::now() > deadline_;
    return done && host_->input_over();
  }

  // Until there is something to do, or a step of idle time is over.
  void wait() {
    const bool reading = rx_.empty() && !host_->input_over();
    pollfd watched[] = {
        {reading ? host_->input() : -1, POLLIN, 0},
        {to_host().empty() ? -1 : host_->output(), POLLOUT, 0},
        {options_.stdio || ending_ ? -1 : lifeline_.parent(), POLLIN, 0},
        {ending_ ? -1 : lifeline_.signals(), POLLIN, 0},
    };
    // A device that waits for the host is not clocked: neither at rest nor with a full queue.
    const bool still = resting_ || is_stalled();
    const bool waiting = still || tx_.full();
    const milliseconds step = is_slow() ? kShortStep : kStep;
    const Clock::time_point before = Clock::now();
    if (!still) rested_ = before;
    if (poll(watched, 4, waiting ? static_cast<int>(step.count()) : 0) < 0) {
      if (errno != EINTR) fail("cannot poll");
      return;
    }
    if (still) pass_time();
    if (watched[0].revents != 0) {
      const std::size_t passed = rx_.size();
      host_->read_into(rx_);
      faults_in_.damage(rx_, passed);
    }
    const bool orphan = watched[2].revents != 0 && Lifeline::parent_gone();
    if (orphan || watched[3].revents != 0) {
      ending_ = true;
      deadline_ = Clock::now() + kFarewell;
    }
  }

  bool is_slow() const {
    return !late_.empty() || (options_.line.errors > 0 && idle_ms_ < kSlowAtFirstMs);
  }

  void pass_time() {
    const Clock::time_point now = Clock::now();
    const bool slow = is_slow();
    const int pace = slow ? kSlowly : 1;
    const auto passed = std::chrono::duration_cast<milliseconds>((now - rested_) / pace);
    if (passed < (slow ? kShortStep : kLeastStep)) return;
    // After a longer sleep, of the machine perhaps, no time-out has run out.
    auto counted = static_cast<unsigned>(std::min(passed, 2 * kStep).count());
    if (!late_.empty()) {
      // Nor does a bigger step make a reply later than it is.
      const std::uint64_t left = late_.due() - std::min(late_.due(), board_.milliseconds());
      counted = static_cast<unsigned>(std::min<std::uint64_t>(counted, left));
    }
    idle_ms_ += counted;
    if (!late_.empty() || options_.line.errors > 0) waited_ms_ += counted;
    if (is_stalled()) {
      board_.freeze(counted);
    } else {
      board_.skip(counted);
      faults_in_.make_noise(rx_);
      faults_out_.make_noise(to_host());
    }
    rested_ += passed * pace;
  }

  const Options options_;
  Lifeline lifeline_;
  std::unique_ptr<HostEnd> host_;
  Board board_;
  Faults faults_in_;
  Faults faults_out_;
  Heartbeat heartbeat_;
  std::optional<Statistics> statistics_;
  Queue rx_;
  Queue tx_;
  Delay late_;
  Queue released_;  // from `late_`
  std::uint64_t taken_ = 0;  // bytes from the host
  std::uint64_t resets_ = 0;
  std::uint64_t stalls_ = 0;
  std::uint64_t stalled_until_ = 0;  // ms
  bool resting_ = false;
  Clock::time_point rested_;  // idle time is passed on up to here
  std::uint64_t idle_ms_ = 0;  // since it began to rest
  std::uint64_t waited_ms_ = 0;  // idle time while replies were late, or of a line with errors
  std::uint64_t written_ = ~std::uint64_t{0};  // cycles and waiting, in the statistics
  bool ending_ = false;
  Clock::time_point deadline_;
};

}  // namespace

int main(int count, char** words) {
  try {
    Simulation simulation(parse(count, words));
    simulation.greet();
    simulation.serve();
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "simulator: %s\n%s", error.what(), Options::kUsage);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "simulator: %s\n", error.what());
    return 1;
  }
}
