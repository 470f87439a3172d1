"""Environments: an interpreter of its own for an engine of a version, made once and kept."""
