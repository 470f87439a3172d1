"""A static site of many comparisons: a table with filters, their reports, sweeps and badges."""
