"""Is it right: every value of every answer against the oracle."""
