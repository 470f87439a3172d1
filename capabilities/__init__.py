"""What each way to run Python in parallel can do and costs, told by tiny programs that are run."""
