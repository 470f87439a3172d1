"""The former name of `program`, which engines written for version 0.1 import."""

from .program import Parts, assemble, fill, finish

__all__ = ["Parts", "assemble", "fill", "finish"]
