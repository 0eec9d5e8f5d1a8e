// The words of the command line.
#pragma once
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

#include "faults.h"
#include "line.h"
#include "model.h"

struct Options {
  static constexpr const char* kUsage =
      "usage: simulator [--seed N] [--stats FILE] [--stdio] [--link bytes|pins]\n"
      "                 [--baud RATE] [--baud-skew PERCENT]\n"
      "                 [--bit-errors RATE] [--drop RATE] [--duplicate RATE]\n"
      "                 [--swap RATE] [--truncate RATE] [--noise RATE]\n"
      "                 [--line-errors RATE] [--breaks RATE] [--jitter PERCENT]\n"
      "                 [--reset-every BYTES] [--stall-every BYTES] [--stall MS]\n"
      "                 [--reply-latency MS]\n"
      "                 [--trace FILE.vcd] [--trace-image N]\n";
  static constexpr int kMaxSeed = 0x7fffffff;

  int seed = 0;
  std::optional<std::string> stats;
  bool stdio = false;
  // Of the PC, where there is no terminal to set it on; bits per second.
  double baud = 115'200;
  // How much faster the PC's clock is, as a factor.
  double skew = 1;
  FaultRates faults;
  LineRates line;
  // Bytes from the host after which, each time, the device is reset, or stands still.
  std::optional<std::uint64_t> reset_every;
  std::optional<std::uint64_t> stall_every;
  unsigned stall_ms = 3000;
  // What the PC's side adds before the host sees a reply.
  unsigned reply_latency_ms = 0;
  WaveOptions waves;
};

inline double parse_number(const std::string& name, const std::string& value, double low,
                           double high) {
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0' || errno != 0 || !(number >= low && number <= high)) {
    throw std::invalid_argument(name + " does not take " + value);
  }
  return number;
}

inline void parse_link(const std::string& value) {
  if (value != "bytes" && value != "pins") {
    throw std::invalid_argument("--link takes bytes or pins, not " + value);
  }
  if ((value == "pins") != Board::kPins) {
    throw std::invalid_argument("this build has no --link " + value + "; it has " +
                                (Board::kPins ? "pins" : "bytes"));
  }
}

inline Options parse(int count, char** words) {
  Options options;
  const auto rate = [](double& target) {
    return [&target](const std::string& name, const std::string& value) {
      target = parse_number(name, value, 0, 1);
    };
  };
  const auto line_rate = [](double& target, double scale) {
    return [&target, scale](const std::string& name, const std::string& value) {
      target = parse_number(name, value, 0, 1 / scale) * scale;
      if (!Board::kPins) throw std::invalid_argument(name + " needs --link pins");
    };
  };
  const auto bytes = [](std::optional<std::uint64_t>& target) {
    return [&target](const std::string& name, const std::string& value) {
      target = static_cast<std::uint64_t>(parse_number(name, value, 1, 1e15));
    };
  };
  const auto milliseconds = [](unsigned& target) {
    return [&target](const std::string& name, const std::string& value) {
      target = static_cast<unsigned>(parse_number(name, value, 0, 60'000));
    };
  };
  const std::map<std::string, std::function<void(const std::string&, const std::string&)>> takers{
      {"--seed",
       [&](auto& name, auto& value) {
         options.seed = static_cast<int>(parse_number(name, value, 1, Options::kMaxSeed));
       }},
      {"--stats", [&](auto&, auto& value) { options.stats = value; }},
      {"--link", [&](auto&, auto& value) { parse_link(value); }},
      {"--baud",
       [&](auto& name, auto& value) { options.baud = parse_number(name, value, 1, 1e8); }},
      {"--baud-skew",
       [&](auto& name, auto& value) {
         options.skew = 1 + parse_number(name, value, -50, 50) / 100;
       }},
      {"--bit-errors", rate(options.faults.bit_errors)},
      {"--drop", rate(options.faults.drop)},
      {"--duplicate", rate(options.faults.duplicate)},
      {"--swap", rate(options.faults.swap)},
      {"--truncate", rate(options.faults.truncate)},
      {"--noise", rate(options.faults.noise)},
      {"--line-errors", line_rate(options.line.errors, 1)},
      {"--breaks", line_rate(options.line.breaks, 1)},
      {"--jitter", line_rate(options.line.jitter, 0.01)},
      {"--reset-every", bytes(options.reset_every)},
      {"--stall-every", bytes(options.stall_every)},
      {"--stall", milliseconds(options.stall_ms)},
      {"--reply-latency", milliseconds(options.reply_latency_ms)},
      {"--trace", [&](auto&, auto& value) { options.waves.file = value; }},
      {"--trace-image",
       [&](auto& name, auto& value) {
         options.waves.image = static_cast<unsigned>(parse_number(name, value, 0, 65535));
       }},
  };
  for (int at = 1; at < count; ++at) {
    const std::string name = words[at];
    if (name == "--stdio") {
      options.stdio = true;
      continue;
    }
    const auto taker = takers.find(name);
    if (taker == takers.end()) throw std::invalid_argument("unknown option " + name);
    if (++at == count) throw std::invalid_argument(name + " needs a value");
    taker->second(name, words[at]);
  }
  if (options.waves.file && !Waves::kBuilt) {
    throw std::invalid_argument("this build records no waves; build it with verilator --trace");
  }
  if (options.seed == 0) {
    std::random_device entropy;
    options.seed = std::uniform_int_distribution<int>(1, Options::kMaxSeed)(entropy);
  }
  return options;
}
