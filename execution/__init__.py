"""Where programs run: workers, process trees, limits, memory, schedule, and the machine."""
