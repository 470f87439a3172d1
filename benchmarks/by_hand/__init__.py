"""Programs written by hand, a module for each engine: what `benchmarks/programs.py` compares with.

A function answers the question of its name over what `load` returned; those of the workload `join`
begin with `join_`, and those of `notebook` have a folder of their own. `missing` is whether the
data have missing values.
"""
