"""What is wrong with an installation, and how to mend it. Law: nothing is changed by looking."""
