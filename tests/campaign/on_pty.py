"""Runs a program with a raw pseudo-terminal as its standard input and output.

Its last argument is the path of the other end, which is held open until it ends.
"""

import os
import sys
import tty

device, host = os.openpty()
tty.setraw(host)
os.set_inheritable(host, True)
for stream in (0, 1):
    os.dup2(device, stream)
os.execvp(sys.argv[1], [*sys.argv[1:], os.ttyname(host)])
