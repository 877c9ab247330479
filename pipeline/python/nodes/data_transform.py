"""`DataTransformNode`: the least that a node on numbers can do."""
from remotemedia import Node, NodeError, Value

OPERATIONS = {
    "double": lambda number: number * 2,
    "increment": lambda number: number + 1,
}


class DataTransformNode(Node):
    """Passes numbers on, doubled or plus one."""

    params = [
        {
            "name": "operation",
            "type": "choice",
            "options": ["passthrough", *OPERATIONS],
            "default": "passthrough",
            "documentation": "passthrough gives any value as it is; double and increment take numbers, and lists of numbers"
            " however deep.",
        }
    ]
    takes = ["value"]
    gives = ["value"]

    def process(self, item):
        operation = self.params.get("operation", "passthrough")
        # Null is a value, too.
        return Value(item if operation == "passthrough" else _map(OPERATIONS[operation], item))


def _map(operation, value):
    if isinstance(value, list):
        return [_map(operation, one) for one in value]
    # In Python, True is a number; in JSON it is none.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NodeError("expected a number or a list of numbers", "invalid_input", "not_a_number")
    return operation(value)
