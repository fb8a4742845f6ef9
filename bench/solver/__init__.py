"""The search for routes beside other engines: on instances of the literature, and on generated days with passes."""
