"""The service and the command line. Law: nothing below imports from here."""
