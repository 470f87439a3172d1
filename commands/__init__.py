"""The bodies of the commands, one file a command; `cli.py` declares their options.

`result` prints what several commands end with; `request` and `output` read the options that they
share. No command imports another.
"""
