"""Items that Python has no plain value for."""

_numpy = None


def numpy_or_none():
    """numpy where it is installed. Imported with the first audio, for it takes a tenth of a second."""
    global _numpy
    if _numpy is None:
        try:
            import numpy as found
        except ImportError:
            found = False
        _numpy = found
    return _numpy or None


class Audio:
    """A stretch of audio.

    `planes[channel][i]` is a sample in -1..1. What a node gets is one numpy array of float32, `[channels, samples]`, where
    numpy is installed, otherwise a tuple with a writable memoryview of float32 per channel. What it gives may also be a list of
    anything that holds floats, one per channel.
    `media_time_samples` is the place of the first sample on the stream's timeline, None where it follows what came before.
    """

    __slots__ = ("planes", "sample_rate", "media_time_samples")

    def __init__(self, planes, sample_rate, media_time_samples=None):
        self.planes = planes
        self.sample_rate = sample_rate
        self.media_time_samples = media_time_samples

    def __repr__(self):
        return "Audio(%d channels, %d samples, %s Hz)" % (self.channels, self.samples, self.sample_rate)

    @property
    def channels(self):
        return len(self.planes)

    @property
    def samples(self):
        """Samples per channel."""
        return len(self.planes[0]) if len(self.planes) else 0


class Event(dict):
    """What a node noticed: a dict with `type`. `audio` is what utterances, clips and chunks are about, otherwise None."""

    def __init__(self, *args, **fields):
        super().__init__(*args, **fields)
        self.audio = None


class Binary(bytes):
    """Bytes with a MIME type, where it is known."""

    media_type = None

    def __new__(cls, data=b"", media_type=None):
        made = super().__new__(cls, data)
        made.media_type = media_type
        return made


class Value:
    """A JSON value, said explicitly: `Value(None)` is an output, None is not."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value
