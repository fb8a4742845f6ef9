"""Figures, measured on the machine at hand. Law: nothing here is a test; medians over several runs, no thresholds."""
