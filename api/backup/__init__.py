"""Copies of what a service keeps, and how they are put back. Law: data and clients' keys are never in one copy."""
