"""`TextProcessorNode`: counts, turns and rewrites texts."""
from remotemedia import Node, NodeError


def _word(text, position):
    words = text.split()
    return words[position] if words else ""


OPERATIONS = {
    "uppercase": str.upper,
    "lowercase": str.lower,
    "reverse": lambda text: text[::-1],
    "word_count": lambda text: len(text.split()),
    "char_count": len,
    "title_case": str.title,
    "remove_spaces": lambda text: text.replace(" ", ""),
    "first_word": lambda text: _word(text, 0),
    "last_word": lambda text: _word(text, -1),
}


class TextProcessorNode(Node):
    """Counts, turns and rewrites texts.

    Takes a text, or `{"text": ..., "operations": [...]}`; without `operations`, those of the manifest apply. Gives
    `{original_text, operations, results, processed_by, node_config}`, with a result for each operation.
    """

    params = [
        {
            "name": "operations",
            "type": "json",
            "default": ["uppercase"],
            "documentation": "What is done with a text that does not say so itself: a list of %s." % ", ".join(OPERATIONS),
        }
    ]
    takes = ["value"]
    gives = ["value"]

    def process(self, item):
        data = {"text": item} if isinstance(item, str) else item
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            raise NodeError('expected a text, or an object with a "text"', "invalid_input", "invalid_text")
        operations = data.get("operations", self.params.get("operations", ["uppercase"]))
        return {
            "original_text": data["text"],
            "operations": operations,
            "results": {name: _operation(name)(data["text"]) for name in _checked(operations)},
            "processed_by": "TextProcessorNode[%s]" % self.node_id,
            "node_config": self.params,
        }


def _checked(operations):
    if not isinstance(operations, list) or not all(isinstance(name, str) for name in operations):
        raise NodeError("operations must be a list of names", "invalid_input", "invalid_operations")
    return operations


def _operation(name):
    if name not in OPERATIONS:
        message = "unknown operation %r; there are: %s" % (name, ", ".join(OPERATIONS))
        raise NodeError(message, "invalid_input", "unknown_operation")
    return OPERATIONS[name]
