"""The core: plans a day. Knows neither web nor database, and opens no connection."""
