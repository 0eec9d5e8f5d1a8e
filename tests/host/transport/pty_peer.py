"""The far end of a pseudo-terminal, in place of a board: says its path as one JSON line, then

ack: answers one byte for every 64 KiB received, while the other side waits to write;
echo: sends everything back; die: exits with 3 at the first byte; mute: reads nothing.
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

mode = sys.argv[1]
device, host = os.openpty()
tty.setraw(host)
print(json.dumps({"pty": os.ttyname(host), "seed": 7}), flush=True)
received = 0
watched = [sys.stdin] if mode == "mute" else [sys.stdin, device]
while True:
    readable, _, _ = select.select(watched, [], [])
    if sys.stdin in readable and not os.read(0, 100):
        break
    if device in readable:
        data = os.read(device, 65536)
        if mode == "die":
            print("out of memory", file=sys.stderr)
            sys.exit(3)
        if mode == "echo":
            os.write(device, data)
        if mode == "ack":
            due = (received + len(data)) // 65536 > received // 65536
            received += len(data)
            if due:
                time.sleep(PAUSE)
                os.write(device, b"\x00")  # ends a cell, so it is handed on
                time.sleep(PAUSE)
