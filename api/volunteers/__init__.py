"""Volunteers' links: their own stops, today. Law: what a link opens has no field for what a volunteer may not see."""
