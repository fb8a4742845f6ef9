"""Goods that change hands, and what lies where. Law: two persons for each step, and what does not add up is shown."""
