"""The base class of nodes, and the error by which a node says what kind of failure it is."""

ERROR_CLASSES = ("transient", "permanent", "invalid_input", "resource", "timeout", "internal")


class NodeError(Exception):
    """Raised by a node to say whether trying again makes sense, and under which name the client reads it.

    `error_class` is one of `ERROR_CLASSES`; only transient, resource and timeout are tried again. `code` is stable and in
    snake_case.
    """

    def __init__(self, message, error_class="permanent", code="node_error"):
        super().__init__(message)
        if error_class not in ERROR_CLASSES:
            raise ValueError("error_class must be one of %s, not %r" % (", ".join(ERROR_CLASSES), error_class))
        self.error_class = error_class
        self.code = code


class Node:
    """A node: one instance per session, one call at a time, in the order of the items.

    Every method may be `async`. A method that yields streams its outputs, each on its way before the next is made. What it
    returns is one output, `None` is none at all: where null itself is data, yield it or return `Value(None)`.

    Optional class attributes describe the node to the catalogue, in the shape of `ExternalSpec`:
    `node_type` (default: the name of the class), `summary` (default: the first line of its docstring), `params` (a list of
    `{"name", "type", "documentation"}` and what else a parameter has), `takes` and `gives` (of "audio", "value", "event",
    "binary"), `input` and `output` (`{"sample_rate", "channels"}` of its audio).
    """

    #: Parameters of the manifest, by name; there before `__init__` is called.
    params = {}
    #: Id of the node in the manifest.
    node_id = ""

    def __init__(self, **params):
        """Gets the parameters that its signature names, and all of them by `**params`."""

    def initialize(self):
        """Once, before the first item. Also after a restart, on a new instance."""

    def process(self, item):
        """Gets a plain value (text, number, list, dict, None), `Audio`, an `Event`, or bytes."""
        raise NotImplementedError("%s has no method process(self, item)" % type(self).__name__)

    def end_of_input(self):
        """The input is over: last outputs."""

    def cleanup(self):
        """Frees what the node holds. Not called where the node was killed."""
