"""Runs a program with a raw pseudo-terminal as its standard input and output.

Says the path of the other end on standard error, and holds that end open until the program ends.
"""

import os
import sys
import tty

device, host = os.openpty()
tty.setraw(host)
print(os.ttyname(host), file=sys.stderr, flush=True)
os.set_inheritable(host, True)
for end in (0, 1):
    os.dup2(device, end)
os.execvp(sys.argv[1], sys.argv[1:])
