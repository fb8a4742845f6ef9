"""What a day needs, by role. Law: the core derives it; here it is only read out."""
