"""The public API, as a program of a user has it."""
