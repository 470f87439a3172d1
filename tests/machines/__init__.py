"""A machine with control groups of version 2, for kernels and CI machines that have others."""
