"""What comes from other software: the morning's register, as CSV or a spreadsheet (docs/registers.md).

Law: a file is read, never changed; no message repeats what a cell holds, which may be personal.
"""
