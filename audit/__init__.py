"""Published benchmark results held against the answers they must have."""
