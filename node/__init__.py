"""The node: what we do with the wire and the memory. The only room that imports the other two."""

__version__ = "0.1.0"
