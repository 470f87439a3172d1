"""`python -m dfbench`."""

from .cli import main

main()
