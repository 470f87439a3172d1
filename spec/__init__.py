"""What is asked: the workload language, read into values that no engine knows of."""
