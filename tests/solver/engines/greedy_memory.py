"""Asks for more memory than it may have."""


def run(_task, line):
    line.found({0: (~0, 0)})
    bytearray(64 * 2**30)
