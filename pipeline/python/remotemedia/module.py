"""Node modules: loading them from text that came as data, finding the node in them, and what they say about themselves."""
import builtins
import inspect
import linecache
import sys
import types

from .failure import last_lines
from .node import Node, NodeError

#: What any module needs to say what it is.
ALWAYS_ALLOWED = ("remotemedia", "__future__")
CARRIED = ("audio", "value", "event", "binary")
SPEC_FIELDS = ("params", "takes", "gives", "input", "output", "aliases")


def load(name, text, allowed_imports=None):
    """Executes a module and returns it. Raises NodeError `import_failed` with the end of the traceback.

    `allowed_imports` are the packages that its import statements may name, with all that is below them; None allows every one.
    This keeps honest code to what was agreed on. It is no barrier against hostile code, which finds ways around it
    (`__subclasses__`, modules reachable from those that are allowed): against that, only a runtime without rights helps.
    """
    module = types.ModuleType("remotemedia_module")
    module.__file__ = name
    if allowed_imports is not None:
        module.__builtins__ = _guarded_builtins((*ALWAYS_ALLOWED, *allowed_imports))
    # Tracebacks show the lines of a file that is nowhere on disk, dataclasses and pickle look modules up.
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)
    except MemoryError:
        raise
    except BaseException as error:
        message = "the module cannot be imported:\n" + last_lines(error)
        raise NodeError(message, "permanent", "import_failed") from error
    return module


def _guarded_builtins(allowed):
    def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and not any(name == one or name.startswith(one + ".") for one in allowed):
            raise ImportError("import of %r is not allowed here; allowed: %s" % (name, ", ".join(sorted(allowed))))
        return builtins.__import__(name, globals, locals, fromlist, level)

    return {**vars(builtins), "__import__": guarded_import}


def classes_of(module):
    """The node classes that the module defines itself, in their order."""
    return [
        found
        for found in vars(module).values()
        if inspect.isclass(found) and issubclass(found, Node) and found.__module__ == module.__name__
    ]


def find_class(module, class_name=None):
    """The class of that name or `node_type`; without a name, the only one."""
    classes = classes_of(module)
    names = ", ".join(one.__name__ for one in classes) or "none"
    if class_name is None:
        if len(classes) == 1:
            return classes[0]
        code = "class_missing" if not classes else "class_ambiguous"
        raise NodeError("the module must have one node class, or say which; it has: %s" % names, "permanent", code)
    for one in classes:
        if class_name in (one.__name__, node_type_of(one)):
            return one
    raise NodeError("the module has no node class %s; it has: %s" % (class_name, names), "permanent", "class_missing")


def make(node_class, node_id, params):
    """A new node; `__init__` gets the parameters that it has names for."""
    node = node_class.__new__(node_class)
    node.node_id = node_id
    node.params = params
    signature = inspect.signature(node.__init__).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in signature):
        node.__init__(**params)
    else:
        named = {one.name for one in signature if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}
        node.__init__(**{name: value for name, value in params.items() if name in named})
    return node


def node_type_of(node_class):
    return vars(node_class).get("node_type", node_class.__name__)


def describe(node_class):
    """The class in the shape of `ExternalSpec`, without its executor."""
    first_line = (inspect.getdoc(node_class) or "").partition("\n")[0]
    if inspect.getdoc(node_class) == inspect.getdoc(Node):
        first_line = ""
    spec = {
        "node_type": node_type_of(node_class),
        "summary": getattr(node_class, "summary", None) or first_line or "A node written in Python.",
    }
    for field in SPEC_FIELDS:
        # `params` of the base class is where the values of an instance go, no description.
        value = getattr(node_class, field, None)
        if value is not None and value is not Node.params:
            spec[field] = list(value) if isinstance(value, (list, tuple)) else value
    for field in ("takes", "gives"):
        unknown = [one for one in spec.get(field, ()) if one not in CARRIED]
        if unknown:
            raise NodeError(
                "%s.%s may hold %s, not %s" % (node_class.__name__, field, ", ".join(CARRIED), ", ".join(map(repr, unknown))),
                "permanent",
                "invalid_module",
            )
    return spec
