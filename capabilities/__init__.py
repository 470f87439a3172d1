"""What each parallel back-end can do and costs, measured by small programs."""
