"""Denpasar: an invented programme on real streets. See README.md."""
