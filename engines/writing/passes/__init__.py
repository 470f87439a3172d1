"""Rewrites of a query before an engine writes it: joins, widening, time zones, correlations."""
