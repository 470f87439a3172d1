"""The questions of the workload `notebook` by hand, a module for each engine."""
