"""Clusters on this machine, as a person starts them, for `make cluster-test`."""
