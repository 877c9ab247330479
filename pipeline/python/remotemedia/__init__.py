"""What a node of RemoteMedia written in Python needs: a base class, and the items that are no plain Python values.

    from remotemedia import Node

    class Shout(Node):
        def process(self, item):
            return item.upper()

The same file runs in Pyodide, on the gateway or in a browser, and in a CPython process. Python 3.9 or newer.
"""
from .items import Audio, Binary, Event, Value
from .node import Node, NodeError

__all__ = ["Audio", "Binary", "Event", "Node", "NodeError", "Value"]
