// Standard input as the parent's life, and the signals that ask for the end, as one descriptor
// each, so that no wake-up is lost between a check and a poll.
#pragma once
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "host_end.h"

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
