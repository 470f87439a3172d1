"""What each command does, one file a command; `cli.py` only declares the options."""
