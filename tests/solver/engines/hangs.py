"""Gives one plan, then listens no more, to nothing but a kill."""

import signal
import time


def run(_task, line):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    line.found({0: (~0, 0)})
    while True:
        time.sleep(60)
