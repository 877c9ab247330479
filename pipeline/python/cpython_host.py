"""Runs one node in a process: requests on standard input, answers on standard output, whatever the node prints on standard error.

Started by `pipeline/src/python/cpython/process.ts` as
`python -I cpython_host.py <limit of memory in bytes, or 0> <archives of packages>...`.
"""
import os
import sys

#: EX_CONFIG of sysexits.h.
EXIT_TOO_OLD = 78


def take_over_streams():
    """Descriptors for messages only: what the node, or C code under it, writes to standard output must not get among them."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    sys.stderr.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    return open(requests, "rb", buffering=0), open(answers, "wb", buffering=0)


def limit_memory(limit_bytes):
    """Of address space, the only limit that makes an allocation fail instead of having the process killed."""
    try:
        import resource
    except ImportError:
        print("this system has no resource limits: memory_mb is not applied", file=sys.stderr)
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Loop:
    """asyncio's loop, made when the node first waits for something."""

    def __init__(self, requests):
        self._requests = requests
        self._loop = None

    def wait_for(self, coroutine):
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(coroutine)

    def rest(self):
        """Lets tasks that the node started in the background go on until there is a request."""
        if self._loop is None:
            return
        import asyncio

        if asyncio.all_tasks(self._loop):
            self._loop.add_reader(self._requests, self._loop.stop)
            self._loop.run_forever()
            self._loop.remove_reader(self._requests)


def read_exactly(stream, view):
    """Fills the view; False where the input ends before."""
    filled = 0
    while filled < len(view):
        count = stream.readinto(view[filled:])
        if not count:
            return False
        filled += count
    return True


def write_all(stream, part):
    view = memoryview(part)
    while len(view):
        view = view[stream.write(view) :]


def serve(requests, answers):
    import inspect

    from remotemedia.host import Host
    from remotemedia.message import PREFIX

    host, loop = Host(), Loop(requests)
    prefix = bytearray(PREFIX.size)
    while True:
        loop.rest()
        if not read_exactly(requests, memoryview(prefix)):
            return
        message = bytearray(PREFIX.unpack(prefix)[0])
        message[: len(prefix)] = prefix
        if not read_exactly(requests, memoryview(message)[len(prefix) :]):
            return
        answer = host.handle(message)
        while answer is not None:
            if inspect.iscoroutine(answer):
                answer = loop.wait_for(answer)
            for part in answer:
                write_all(answers, part)
            answer = host.next()


def main():
    if sys.version_info < (3, 9):
        print("Python 3.9 or newer is needed; this is %d.%d" % sys.version_info[:2], file=sys.stderr)
        os._exit(EXIT_TOO_OLD)
    streams = take_over_streams()
    limit_bytes = int(sys.argv[1])
    if limit_bytes:
        limit_memory(limit_bytes)
    # In isolated mode the folder of the script is not on the path.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.path.extend(sys.argv[2:])
    serve(*streams)
    # Threads that the node left behind shall not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()
