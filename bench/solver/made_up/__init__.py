"""Programmes made up for measuring, on real streets. Law: a number is drawn from the seed; nobody in them exists."""
