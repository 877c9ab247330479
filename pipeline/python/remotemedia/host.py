"""Answers the gateway's requests for one node. Knows nothing of how messages travel: `cpython_host.py` and `pyodide_host.py` do.

A request gets one or more answers: `item` (the last one where `last` says so), `done`, `value` or `failure`. Outputs are made only as
long as there is credit, so that a generator without end fills no queue; `more` brings new credit, `stop` ends the generator and is
answered by `stopped`, after whatever was on its way.
"""
import inspect

from . import module, requirements
from .failure import describe_failure
from .message import read, read_item, write, write_item
from .outputs import DONE, Outputs


class Host:
    def __init__(self):
        self._node = None
        self._outputs = None
        self._credit = 0
        self._silent = False
        self._ending = "done"

    def handle(self, message):
        """The first answer to a request: the parts of a message, or a coroutine that gives them."""
        header, buffer = read(message)
        operation = header["op"]
        try:
            if operation == "more":
                self._credit = header["credit"]
                return self.next()
            if operation == "describe":
                return self._describe(header)
            self._ending = "stopped" if operation == "stop" else "done"
            return self._begin(getattr(self, "_" + operation)(header, buffer), header.get("credit"))
        except BaseException as error:
            return self._fail(error)

    def next(self):
        """The following answer, as long as outputs and credit last; None where the gateway has the word."""
        if self._outputs is None or self._credit == 0:
            return None
        try:
            output = self._outputs.next()
            return self._later(output) if inspect.iscoroutine(output) else self._answer(output)
        except BaseException as error:
            return self._fail(error)

    def _begin(self, returned, credit):
        # Without credit, what the call gives is of no interest, only that it came to an end.
        self._silent = credit is None
        self._credit = 1 if self._silent else credit
        self._outputs = Outputs(returned)
        return self.next()

    async def _later(self, output):
        try:
            return self._answer(await output)
        except BaseException as error:
            return self._fail(error)

    def _answer(self, output):
        if output is DONE or self._silent:
            self._outputs = None
            return write({"is": self._ending})
        last = self._outputs.only_one
        parts = write_item(output, self._node.node_id, last)
        self._credit -= 1
        if last:
            self._outputs = None
        return parts

    def _fail(self, error):
        self._outputs = None
        return write(describe_failure(error))

    # --- requests ---

    def _load(self, header):
        requirements.check(header["requires"])
        return module.load(header["source"]["name"], header["source"]["text"], header["allow_imports"])

    def _describe(self, header):
        loaded = self._load(header)
        classes = [{"class_name": one.__name__, "spec": module.describe(one)} for one in module.classes_of(loaded)]
        return write({"is": "value", "value": classes})

    def _create(self, header, buffer):
        node_class = module.find_class(self._load(header), header["class_name"])
        self._node = module.make(node_class, header["node_id"], header["params"])
        return self._node.initialize()

    def _process(self, header, buffer):
        return self._node.process(read_item(header, buffer))

    def _end_of_input(self, header, buffer):
        return self._node.end_of_input()

    def _stop(self, header, buffer):
        return self._outputs and self._outputs.close()

    def _close(self, header, buffer):
        return self._node and self._node.cleanup()
