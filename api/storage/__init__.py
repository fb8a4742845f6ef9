"""Where the service keeps things. Law: what is personal is sealed before it is handed to a database."""
