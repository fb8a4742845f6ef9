"""Programmes and what they consist of, as resources. Law: nothing is kept that the core's reader would refuse."""
