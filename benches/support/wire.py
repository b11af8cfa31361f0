"""A network device behind which everything is far away: wire.py MILLISECONDS

A packet to 10.9.0.2 comes back after that time as one from there to this machine's own 10.9.0.1, and so does the answer:
who connects to 10.9.0.2 reaches a server of this machine, and a round trip takes twice the time. Sender and receiver are
exchanged, which leaves every checksum as it was. It needs root, and is meant for a network namespace of its own; it
prints a line when the device is up, and ends with its standard input.
"""

import collections
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000

delay = float(sys.argv[1]) / 1000
device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"far", IFF_TUN | IFF_NO_PI))
for words in ("address add 10.9.0.1/24 dev far", "link set far up"):
    subprocess.run(["ip", *words.split()], check=True)
print("up", flush=True)

underway = collections.deque()
while True:
    wait = max(0.0, underway[0][0] - time.monotonic()) if underway else None
    ready, _, _ = select.select([device, 0], [], [], wait)
    if 0 in ready and not os.read(0, 1):
        break
    if device in ready:
        packet = os.read(device, 65535)
        if packet[0] >> 4 == 4:
            exchanged = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
            underway.append((time.monotonic() + delay, exchanged))
    while underway and underway[0][0] <= time.monotonic():
        os.write(device, underway.popleft()[1])
