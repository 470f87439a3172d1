"""What to make of it: statistics, verdicts, and reports in every form."""
