"""Somebody who asks for help. Law: nobody becomes a client before a person of the organisation has said so."""
