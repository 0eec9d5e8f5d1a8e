"""The far end of a pseudo-terminal, in place of a simulated board: says its path as one JSON line,
then its time 20 times a second.

ack: answers one byte for every 64 KiB received, while the other side waits to write;
echo: sends everything back; die: exits with 3 at the first byte; mute: reads nothing;
hang: says no time; args: says its arguments on standard error and ends.
With --stdio it speaks over standard input and output, and says those lines on standard error.
Ends when standard input does.
"""

import json
import os
import select
import sys
import time
import tty

# Long enough for the terminal to fill up, and for the answer to be read.
PAUSE = 0.005
BEAT = 0.05

mode = sys.argv[1]
stdio = "--stdio" in sys.argv
if mode == "args":
    print(*sys.argv[2:], file=sys.stderr)
    sys.exit(2)
if stdio:
    read_end, write_end, talk, path = 0, 1, sys.stderr, None
else:
    read_end, host = os.openpty()
    write_end = read_end
    tty.setraw(host)
    talk, path = sys.stdout, os.ttyname(host)
print(json.dumps({"pty": path, "seed": 7}), file=talk, flush=True)
started = time.monotonic()
beat = started
received = 0
watched = {read_end, 0} if mode != "mute" else {0}
while True:
    readable, _, _ = select.select(watched, [], [], BEAT)
    if mode != "hang" and time.monotonic() >= beat:
        beat = time.monotonic() + BEAT
        print(json.dumps({"ms": round(1000 * (beat - started))}), file=talk, flush=True)
    if 0 in readable and not stdio and not os.read(0, 100):
        break
    if read_end in readable:
        data = os.read(read_end, 65536)
        if not data:
            break
        if mode == "die":
            print("out of memory", file=sys.stderr)
            sys.exit(3)
        if mode == "echo":
            os.write(write_end, data)
        if mode == "ack":
            due = (received + len(data)) // 65536 > received // 65536
            received += len(data)
            if due:
                time.sleep(PAUSE)
                os.write(write_end, b"\x00")  # ends a cell, so it is handed on
                time.sleep(PAUSE)
