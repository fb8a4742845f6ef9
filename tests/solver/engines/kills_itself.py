"""Gives one plan, then dies as if the system had killed it."""

import os
import signal


def run(_task, line):
    line.found({0: (~0, 0)})
    os.kill(os.getpid(), signal.SIGKILL)
