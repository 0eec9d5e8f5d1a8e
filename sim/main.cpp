// The board without a board: ds_device under Verilator, its bytes on a pseudo-terminal.
//
//   simulator [--seed N] [--stats FILE]
//
// One JSON line on standard output says where the terminal is. The device's byte streams are fed
// in parallel, a byte a cycle at most; what the terminal does not take stops the device, and what
// the device does not take stays in the terminal. While the device is idle no cycle is simulated.
// Ends when standard input ends, which is how it notices that its parent is gone.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "Vds_device.h"
#include "verilated.h"

#ifndef DS_BOARD
#define DS_BOARD ""
#endif
#ifndef DS_CONTRACT_CRC
#define DS_CONTRACT_CRC 0
#endif

namespace {

constexpr std::size_t kQueueBytes = 1 << 16;
constexpr unsigned kResetCycles = 8;
// Cycles between two looks at the terminal: a look costs as much as a few cycles.
constexpr unsigned kCyclesPerLook = 2048;
// How long a queue that nobody reads may hold up the end.
constexpr std::chrono::milliseconds kFarewell{300};
constexpr long kMaxSeed = 0x7fffffff;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Bytes on their way, first in first out; filled and emptied in large pieces at the terminal's
// end, one at a time at the device's.
class Queue {
 public:
  bool empty() const { return begin_ == end_; }
  bool full() const { return end_ == bytes_.size(); }
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
  std::size_t room() const { return bytes_.size() - end_; }
  void grow(std::size_t count) { end_ += count; }

 private:
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(kQueueBytes);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// Both ends of a raw pseudo-terminal. The host's end is held open here too, so that a host may
// close and open it again.
class PseudoTerminal {
 public:
  PseudoTerminal() {
    device_ = posix_openpt(O_RDWR | O_NOCTTY);
    if (device_ < 0 || grantpt(device_) != 0 || unlockpt(device_) != 0) {
      fail("cannot open a pseudo-terminal");
    }
    const char* path = ptsname(device_);
    if (path == nullptr) fail("cannot name the pseudo-terminal");
    path_ = path;
    host_ = open(path, O_RDWR | O_NOCTTY);
    if (host_ < 0) fail("cannot open " + path_);
    termios settings;
    if (tcgetattr(host_, &settings) != 0) fail("cannot read the settings of " + path_);
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    if (tcsetattr(host_, TCSANOW, &settings) != 0) fail("cannot make " + path_ + " raw");
    if (fcntl(device_, F_SETFL, O_NONBLOCK) != 0) fail("cannot unblock " + path_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal() {
    close(host_);
    close(device_);
  }

  const std::string& path() const { return path_; }
  int descriptor() const { return device_; }

  void read_into(Queue& queue) {
    if (queue.room() == 0) return;
    const ssize_t count = read(device_, queue.space(), queue.room());
    if (count > 0) queue.grow(static_cast<std::size_t>(count));
    if (count < 0 && !again()) fail("cannot read the pseudo-terminal");
  }

  void write_from(Queue& queue) {
    if (queue.empty()) return;
    const ssize_t count = write(device_, queue.data(), queue.size());
    if (count > 0) queue.drop(static_cast<std::size_t>(count));
    if (count < 0 && !again()) fail("cannot write the pseudo-terminal");
  }

 private:
  static bool again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

  int device_ = -1;
  int host_ = -1;
  std::string path_;
};

// Standard input as the parent's life, and the signals that ask for the end, as one descriptor
// each, so that no wake-up is lost between a check and a poll.
class Lifeline {
 public:
  Lifeline() {
    if (pipe(signal_pipe_) != 0) fail("cannot make a pipe");
    for (const int end : signal_pipe_) fcntl(end, F_SETFL, O_NONBLOCK);
    struct sigaction action = {};
    action.sa_handler = [](int) {
      const int saved = errno;
      if (write(signal_pipe_[1], "", 1) < 0) errno = saved;
      errno = saved;
    };
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGHUP, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
  }

  int parent() const { return STDIN_FILENO; }
  int signals() const { return signal_pipe_[0]; }

  // Called when standard input is readable: it never carries anything but its end.
  static bool parent_gone() {
    char ignored[256];
    const ssize_t count = read(STDIN_FILENO, ignored, sizeof ignored);
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
  }

 private:
  static inline int signal_pipe_[2] = {-1, -1};
};

// Cycles and CPU time in a file of one JSON line, always the same length, rewritten in place.
class Statistics {
 public:
  explicit Statistics(const std::string& path) {
    file_ = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file_ < 0) fail("cannot write " + path);
  }
  Statistics(const Statistics&) = delete;
  Statistics& operator=(const Statistics&) = delete;
  ~Statistics() { close(file_); }

  void write_down(std::uint64_t cycles) const {
    timespec cpu = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    char line[96];
    const int length = std::snprintf(line, sizeof line,
                                     "{\"cycles\": %20llu, \"cpuSeconds\": %10lld.%06ld}\n",
                                     static_cast<unsigned long long>(cycles),
                                     static_cast<long long>(cpu.tv_sec), cpu.tv_nsec / 1000);
    if (pwrite(file_, line, static_cast<std::size_t>(length), 0) != length) {
      fail("cannot write the statistics");
    }
  }

 private:
  int file_ = -1;
};

class Device {
 public:
  explicit Device(int seed) {
    context_.randReset(2);
    context_.randSeed(seed);
    model_ = std::make_unique<Vds_device>(&context_);
    model_->clk_i = 0;
    model_->rx_valid_i = 0;
    model_->rx_data_i = 0;
    model_->tx_ready_i = 0;
    model_->rst_i = 1;
    for (unsigned cycle = 0; cycle < kResetCycles; ++cycle) {
      settle();
      clock();
    }
    model_->rst_i = 0;
    settle();
  }
  ~Device() { model_->final(); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // True when clocks would change nothing until a byte comes.
  bool idle() const { return model_->idle_o; }
  std::uint64_t cycles() const { return cycles_; }

  // Up to `count` cycles; stops early when the device has become idle and `rx` is empty.
  void run(unsigned count, Queue& rx, Queue& tx) {
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

 private:
  void settle() {
    model_->clk_i = 0;
    model_->eval();
  }
  void clock() {
    model_->clk_i = 1;
    model_->eval();
    ++cycles_;
  }

  VerilatedContext context_;
  std::unique_ptr<Vds_device> model_;
  std::uint64_t cycles_ = 0;
};

struct Options {
  int seed = 0;
  std::optional<std::string> stats;
};

Options parse(int count, char** words) {
  Options options;
  for (int at = 1; at < count; at += 2) {
    const std::string name = words[at];
    if (name != "--seed" && name != "--stats") {
      throw std::invalid_argument("unknown option " + name);
    }
    if (at + 1 == count) throw std::invalid_argument(name + " needs a value");
    const std::string value = words[at + 1];
    if (name == "--stats") {
      options.stats = value;
      continue;
    }
    char* end = nullptr;
    errno = 0;
    const long seed = std::strtol(value.c_str(), &end, 10);
    if (value.empty() || *end != '\0' || errno != 0 || seed < 1 || seed > kMaxSeed) {
      throw std::invalid_argument("--seed takes 1 to 2147483647, not " + value);
    }
    options.seed = static_cast<int>(seed);
  }
  if (options.seed == 0) {
    std::random_device entropy;
    options.seed = std::uniform_int_distribution<int>(1, kMaxSeed)(entropy);
  }
  return options;
}

void serve(const Options& options) {
  Lifeline lifeline;
  PseudoTerminal terminal;
  Device device(options.seed);
  std::optional<Statistics> statistics;
  if (options.stats) statistics.emplace(*options.stats);

  std::printf("{\"pty\": \"%s\", \"board\": \"%s\", \"contractCrc\": %lu, \"seed\": %d}\n",
              terminal.path().c_str(), DS_BOARD, static_cast<unsigned long>(DS_CONTRACT_CRC),
              options.seed);
  std::fflush(stdout);

  Queue rx;
  Queue tx;
  pollfd watched[] = {{terminal.descriptor(), 0, 0},
                      {lifeline.parent(), POLLIN, 0},
                      {lifeline.signals(), POLLIN, 0}};
  bool ending = false;
  std::chrono::steady_clock::time_point deadline;
  for (;;) {
    device.run(kCyclesPerLook, rx, tx);
    const bool resting = rx.empty() && device.idle();
    if (resting && statistics) statistics->write_down(device.cycles());
    terminal.write_from(tx);

    if (ending && ((resting && tx.empty()) || std::chrono::steady_clock::now() > deadline)) break;
    watched[0].events =
        static_cast<short>((rx.empty() ? POLLIN : 0) | (tx.empty() ? 0 : POLLOUT));
    // A device that waits for the host is not clocked: neither at rest nor with a full queue.
    const bool waiting = resting || tx.full();
    const int patience = !waiting ? 0 : ending ? static_cast<int>(kFarewell.count()) : -1;
    if (poll(watched, ending ? 1 : 3, patience) < 0) {
      if (errno != EINTR) fail("cannot poll");
      continue;
    }
    if (watched[0].revents & POLLIN) terminal.read_into(rx);
    const bool orphan = watched[1].revents != 0 && Lifeline::parent_gone();
    if (!ending && (orphan || watched[2].revents != 0)) {
      ending = true;
      deadline = std::chrono::steady_clock::now() + kFarewell;
    }
  }
  if (statistics) statistics->write_down(device.cycles());
}

}  // namespace

int main(int count, char** words) {
  try {
    serve(parse(count, words));
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "simulator: %s\n", error.what());
    std::fprintf(stderr, "usage: simulator [--seed N] [--stats FILE]\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "simulator: %s\n", error.what());
    return 1;
  }
}
