"""Papers as PDF, set by Typst. Law: no text of a programme is ever Typst markup; it travels as data."""
