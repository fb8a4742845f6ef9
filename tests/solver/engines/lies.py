"""Gives plans and routes that are against the rules, with wonderful costs."""


def run(_task, line):
    line.met([(0, (0, 1, 2), 0, 0), (0, (~0, 2, 1, 0), 1, 1)])
    line.found({0: (0, 1, 2)})
