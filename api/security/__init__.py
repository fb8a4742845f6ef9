"""What keeps people's data to those it belongs to: sealing, private files, where not to write, wiping."""
