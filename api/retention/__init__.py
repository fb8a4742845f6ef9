"""What goes when its time is over. Law: what is kept, and for how long, stands in one table."""
