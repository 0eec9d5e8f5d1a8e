// Waves on request, in builds made with `verilator --trace`.
#pragma once
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

struct WaveOptions {
  std::optional<std::string> file;
  // Number of an image in its batch, from 0: only while it is in work.
  std::optional<unsigned> image;
};

class Waves {
 public:
#if VM_TRACE
  static constexpr bool kBuilt = true;

  template <class M>
  void open(M& model, const WaveOptions& options) {
    if (!options.file) return;
    image_ = options.image;
    model.trace(&vcd_, kDepth);
    vcd_.set_time_unit("1ps");
    vcd_.set_time_resolution("1ps");
    vcd_.open(options.file->c_str());
    if (!vcd_.isOpen()) throw std::runtime_error("cannot write " + *options.file);
    on_ = true;
  }
  void close() { vcd_.close(); }
  void dump(std::uint64_t picoseconds) { vcd_.dump(picoseconds); }
#else
  static constexpr bool kBuilt = false;

  template <class M>
  void open(M&, const WaveOptions&) {}
  void close() {}
  void dump(std::uint64_t) {}
#endif

  bool on() const { return kBuilt && on_; }

  // Whether this cycle is to be recorded; asked once a cycle.
  bool want(bool busy, unsigned images) {
    if (!image_) return true;
    if (busy && images == *image_) left_ = kTailCycles;
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  static constexpr int kDepth = 99;
  static constexpr unsigned kTailCycles = 100;

#if VM_TRACE
  VerilatedVcdC vcd_;
#endif
  bool on_ = false;
  std::optional<unsigned> image_;
  unsigned left_ = 0;
};
