"""Gives one plan, then raises, with something in the message that nobody may see."""


def run(_task, line):
    line.found({0: (~0, 0)})
    raise ValueError("c17 lives at 4 Harbour Lane")
