"""How the service answers: problems, limits, pages, conditions, replays. Law: nothing here knows what is asked for."""
