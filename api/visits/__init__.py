"""What happened at the doors, and what follows from it. Law: no report is lost, whenever and however often it comes."""
