"""Random workloads on random data, asked of every engine: what disagrees is shrunk and kept."""
