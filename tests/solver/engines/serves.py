"""Serves all it may, as an engine should: jobs in turn on vehicle 0, and waits for the end."""

import time


def run(task, line):
    line.found({0: (~0, *range(len(task.problem.jobs)))})
    while not line.over():
        time.sleep(0.01)
