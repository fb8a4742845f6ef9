"""Other engines, each alone. Law: none of them is imported by Doorstep; each runs in a process of its own.

A peer gets a day, seconds and two cores, and answers with who visits whom in which order. Doorstep puts the clock times
on it, and counts what is lawful.
"""
