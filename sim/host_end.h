// The host's end of the wire: a pseudo-terminal, or standard input and output.
#pragma once
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "queue.h"

[[noreturn]] inline void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

class HostEnd {
 public:
  virtual ~HostEnd() = default;
  // For poll.
  virtual int input() const = 0;
  virtual int output() const = 0;
  // Of the terminal, for the greeting.
  virtual std::optional<std::string> path() const { return std::nullopt; }
  // Bits per second that the host has set, where it can.
  virtual std::optional<unsigned> baud() const { return std::nullopt; }
  // The host sends nothing more, or takes nothing more.
  bool input_over() const { return input_over_; }
  bool output_over() const { return output_over_; }

  void read_into(Queue& queue) {
    if (queue.room() == 0) return;
    const ssize_t count = read(input(), queue.space(), queue.room());
    if (count > 0) queue.grow(static_cast<std::size_t>(count));
    if (count == 0) input_over_ = true;
    if (count < 0 && !again()) fail("cannot read from the host");
  }

  void write_from(Queue& queue) {
    if (queue.empty()) return;
    const ssize_t count = write(output(), queue.data(), queue.size());
    if (count > 0) queue.drop(static_cast<std::size_t>(count));
    if (count >= 0 || again()) return;
    if (errno != EPIPE) fail("cannot write to the host");
    output_over_ = true;
  }

 private:
  static bool again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

  bool input_over_ = false;
  bool output_over_ = false;
};

// Both ends of a raw pseudo-terminal. The host's end is held open here too, so that a host may
// close and open it again.
class PseudoTerminal : public HostEnd {
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
    cfsetspeed(&settings, B115200);
    if (tcsetattr(host_, TCSANOW, &settings) != 0) fail("cannot make " + path_ + " raw");
    if (fcntl(device_, F_SETFL, O_NONBLOCK) != 0) fail("cannot unblock " + path_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal() override {
    close(host_);
    close(device_);
  }

  int input() const override { return device_; }
  int output() const override { return device_; }
  std::optional<std::string> path() const override { return path_; }

  std::optional<unsigned> baud() const override {
#ifdef __linux__
    // Any number, where termios.h knows a list of names; asm/termbits.h cannot stand beside it.
    struct {
      unsigned flags[4];
      unsigned char line;
      unsigned char control[19];
      unsigned input_speed;
      unsigned output_speed;
    } settings;
    static_assert(sizeof settings == 44, "struct termios2");
    const unsigned long get_settings = _IOR('T', 0x2A, char[44]);  // TCGETS2
    if (ioctl(host_, get_settings, &settings) != 0) fail("cannot read the speed of " + path_);
    return settings.output_speed;
#else
    termios settings;
    if (tcgetattr(host_, &settings) != 0) fail("cannot read the speed of " + path_);
    return static_cast<unsigned>(cfgetospeed(&settings));
#endif
  }

 private:
  int device_ = -1;
  int host_ = -1;
  std::string path_;
};

class StandardStreams : public HostEnd {
 public:
  StandardStreams() {
    for (const int end : {STDIN_FILENO, STDOUT_FILENO}) {
      const int flags = fcntl(end, F_GETFL);
      if (flags < 0 || fcntl(end, F_SETFL, flags | O_NONBLOCK) != 0) {
        fail("cannot unblock standard input and output");
      }
    }
  }
  int input() const override { return STDIN_FILENO; }
  int output() const override { return STDOUT_FILENO; }
};
