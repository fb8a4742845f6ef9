"""OpenTelemetry, for whoever asks for it. Law: what is not named in `figures.py` is told to nobody."""
