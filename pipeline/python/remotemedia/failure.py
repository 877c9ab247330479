"""What a failure is called when it leaves Python."""
import os
import traceback

from .node import NodeError

#: The folder of this package: its own frames are of no use to those who write nodes.
_OWN_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "")
#: Of a message; what is longer is cut.
MAX_CHARACTERS = 2000
_TRACEBACK_LINES = 8


def describe_failure(error):
    """The header of the answer. `fatal` says that this interpreter is not to be used any more."""
    error_class, code, fatal = _classify(error)
    own = isinstance(error, NodeError)
    message = str(error) if own else "%s: %s" % (type(error).__name__, error)
    return {
        "is": "failure",
        "error_class": error_class,
        "code": code,
        "message": _cut(message + _place(error)),
        "traceback": _cut("" if own else "".join(_traceback(error)), keep_end=True),
        "fatal": fatal,
    }


def last_lines(error):
    """The end of a traceback, for a message."""
    return _cut("".join(_traceback(error)).rstrip(), keep_end=True, lines=_TRACEBACK_LINES)


def _classify(error):
    if isinstance(error, NodeError):
        return error.error_class, error.code, False
    if isinstance(error, MemoryError):
        # Heaps of WebAssembly never shrink, and nobody knows what a node that ran out of memory left half done.
        return "resource", "out_of_memory", True
    if isinstance(error, Exception):
        return "internal", "node_threw", False
    # SystemExit and KeyboardInterrupt: the node wants the interpreter to end.
    return "transient", "node_died", True


def _place(error):
    """Where in the node's own file it happened."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if not one.filename.startswith(_OWN_FOLDER)]
    nodes = [one for one in frames if one.filename.endswith(".py") and "/" not in one.filename]
    return " (%s, line %d)" % (nodes[-1].filename, nodes[-1].lineno) if nodes else ""


def _traceback(error):
    """The traceback without the frames of this package."""
    report = traceback.TracebackException(type(error), error, error.__traceback__, limit=-20)
    report.stack = traceback.StackSummary.from_list(
        [frame for frame in report.stack if not frame.filename.startswith(_OWN_FOLDER)]
    )
    return report.format()


def _cut(text, keep_end=False, lines=None):
    if lines is not None:
        text = "\n".join(text.split("\n")[-lines:])
    if len(text) <= MAX_CHARACTERS:
        return text
    return "… " + text[-MAX_CHARACTERS:] if keep_end else text[:MAX_CHARACTERS] + " …"
