"""What every engine has to keep: cases with an oracle, and what no engine may leave to itself.

The project's own tests and `dfbench engine test NAME` hold an engine to the same things.
"""
