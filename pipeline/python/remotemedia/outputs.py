"""The outputs of one call of a node, whatever the call returned: a value, a generator, a coroutine, an asynchronous generator."""
import inspect

#: There are no more outputs.
DONE = object()


class Outputs:
    """Gives the outputs one after the other, then `DONE`; each is made when it is asked for."""

    def __init__(self, returned):
        self._source = returned

    @property
    def only_one(self):
        """Whether nothing can follow the output that was given last."""
        return self._source is DONE

    def next(self):
        """The next output, or, where it has to be waited for, a coroutine that gives it."""
        source = self._source
        if source is None or source is DONE:
            self._source = DONE
            return DONE
        if inspect.isgenerator(source):
            return next(source, DONE)
        if inspect.isasyncgen(source):
            return self._next_of(source)
        if inspect.isawaitable(source):
            return self._await(source)
        self._source = DONE
        return source

    def close(self):
        """Ends a generator that is not at its end; the coroutine that it may return has to be awaited."""
        source, self._source = self._source, DONE
        if inspect.isasyncgen(source):
            return source.aclose()
        if inspect.isgenerator(source):
            source.close()
        return None

    async def _next_of(self, source):
        try:
            return await source.__anext__()
        except StopAsyncIteration:
            return DONE

    async def _await(self, source):
        self._source = await source
        following = self.next()
        return await following if inspect.iscoroutine(following) else following
