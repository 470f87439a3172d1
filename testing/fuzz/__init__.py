"""Random workloads on random data for every engine; disagreements are shrunk and stored."""
