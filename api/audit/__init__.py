"""What was done, by whom, and when. Law: an entry names nobody by name, and none can be changed unseen."""
