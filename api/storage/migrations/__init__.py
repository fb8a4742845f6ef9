"""How the form of the database came about. Law: a migration that was released is never changed."""
