"""Runs one node in Pyodide: `pyodide_worker.js` hands requests over and posts the answers. Messages cross as arrays of bytes, copied once
each way, so that no proxy outlives a call.
"""
import inspect

from pyodide.ffi import to_js

from remotemedia.host import Host

_host = Host()


def handle(request):
    """The first answer to a request, an array; a promise of it where the node waits for something."""
    return _cross(_host.handle(request.to_memoryview()))


def following():
    """The next answer, or None."""
    return _cross(_host.next())


def _cross(answer):
    if answer is None:
        return None
    return _cross_later(answer) if inspect.iscoroutine(answer) else to_js(b"".join(answer))


async def _cross_later(answer):
    return to_js(b"".join(await answer))
