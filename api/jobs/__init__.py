"""Work in the background: a ledger that says what is to be done, and processes that do it."""
