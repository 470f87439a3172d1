"""Execution of programs: supervised processes, memory limits, schedule and machine."""
