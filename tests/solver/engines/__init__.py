"""Engines that do what engines should not, each in one way; they run in real processes."""
