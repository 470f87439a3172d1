"""Sweeps: ordinary comparisons that differ in some numbers, run interleaved."""
