// What the program says about itself: statistics in a file, a heartbeat on a stream.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "host_end.h"

using Clock = std::chrono::steady_clock;

// Cycles, time at rest that counts (Simulation::pass_time), and CPU time, in a file of one JSON line,
// always the same length, rewritten in place.
class Statistics {
 public:
  explicit Statistics(const std::string& path) {
    file_ = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file_ < 0) fail("cannot write " + path);
  }
  Statistics(const Statistics&) = delete;
  Statistics& operator=(const Statistics&) = delete;
  ~Statistics() { close(file_); }

  void write_down(std::uint64_t cycles, std::uint64_t waited_ms) const {
    timespec cpu = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    char line[128];
    const int length = std::snprintf(line, sizeof line,
                                     "{\"cycles\": %20llu, \"waitedMs\": %20llu, "
                                     "\"cpuSeconds\": %10lld.%06ld}\n",
                                     static_cast<unsigned long long>(cycles),
                                     static_cast<unsigned long long>(waited_ms),
                                     static_cast<long long>(cpu.tv_sec), cpu.tv_nsec / 1000);
    if (pwrite(file_, line, static_cast<std::size_t>(length), 0) != length) {
      fail("cannot write the statistics");
    }
  }

 private:
  int file_ = -1;
};

// The simulated time, a line now and then, for a host that tells slow from dead. A reader that
// does not read misses lines and holds nothing up.
class Heartbeat {
 public:
  static constexpr std::chrono::milliseconds kInterval{50};
  static constexpr std::chrono::milliseconds kShortInterval{10};

  explicit Heartbeat(int stream) : stream_(stream) {}

  // `often`: where every millisecond of it counts.
  void beat(Clock::time_point now, std::uint64_t milliseconds, bool often) {
    if (now - last_ < (often ? kShortInterval : kInterval)) return;
    last_ = now;
    pollfd writable = {stream_, POLLOUT, 0};
    if (poll(&writable, 1, 0) != 1 || writable.revents != POLLOUT) return;
    char line[48];
    const int length = std::snprintf(line, sizeof line, "{\"ms\": %llu}\n",
                                     static_cast<unsigned long long>(milliseconds));
    // Nobody hears it when this fails, and whether the host is gone is seen elsewhere.
    if (write(stream_, line, static_cast<std::size_t>(length)) < 0) return;
  }

 private:
  int stream_;
  Clock::time_point last_;
};
