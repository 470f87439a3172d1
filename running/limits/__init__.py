"""The ladder of memory limits: cgroup v2, cgroup v1, a watchdog, none."""
