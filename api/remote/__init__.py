"""The command line at work on a service. Law: it asks /v1 and nothing else, and only a server that somebody named."""
