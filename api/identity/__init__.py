"""Who somebody is and what they may do. Law: what is not allowed here is refused."""
