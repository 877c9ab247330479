"""Messages between the gateway and Python: little-endian u32 of the whole length, u32 of the header's length, the header (JSON,
UTF-8), zeros up to a multiple of eight, and at most one buffer. Its twin is `pipeline/src/guest/message.ts`.
"""
import json
import struct
from array import array

from .items import Audio, Binary, Event, Value, numpy_or_none
from .node import NodeError

PREFIX = struct.Struct("<II")
#: A message longer than this is refused.
MAX_MESSAGE_BYTES = 64 << 20


def read(message):
    """Header and buffer of a message in a bytearray or memoryview; the buffer is a view."""
    view = memoryview(message)
    _, header_length = PREFIX.unpack_from(view)
    end = PREFIX.size + header_length
    return json.loads(bytes(view[PREFIX.size : end])), view[(end + 7) & ~7 :]


def write(header, buffer=b""):
    """The parts of a message, to be sent one after the other.

    Raises NodeError `invalid_output` where the header holds what JSON has no word for, `output_too_large` beyond
    `MAX_MESSAGE_BYTES`.
    """
    try:
        # ASCII, for a text may hold lone surrogates, which UTF-8 cannot say; no NaN, for JSON cannot.
        text = json.dumps(header, allow_nan=False, separators=(",", ":"), default=_plain).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise NodeError("output is no JSON value: %s" % error, "permanent", "invalid_output") from None
    padding = -len(text) % 8
    total = PREFIX.size + len(text) + padding + len(buffer)
    if total > MAX_MESSAGE_BYTES:
        raise NodeError(
            "output of %d bytes; at most %d may leave at once: yield it in pieces" % (total, MAX_MESSAGE_BYTES),
            "permanent",
            "output_too_large",
        )
    head = PREFIX.pack(total, len(text)) + text + b"\0" * padding
    return (head, buffer) if len(buffer) else (head,)


def _plain(value):
    """numpy's scalars and arrays, as they come out of calculations."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError("%s is not JSON" % type(value).__name__)


def read_item(header, buffer):
    """The item as a node gets it. Audio and bytes are views of the message."""
    kind = header["kind"]
    if kind == "value":
        return header["value"]
    if kind == "audio":
        return _read_audio(header, buffer)
    if kind == "event":
        event = Event(header["event"])
        if "audio" in header:
            event.audio = _read_audio(header["audio"], buffer)
        return event
    return Binary(buffer, header.get("media_type"))


def _read_audio(header, buffer):
    channels, samples = header["channels"], header["samples"]
    numpy = numpy_or_none()
    if numpy:
        planes = numpy.frombuffer(buffer, numpy.float32).reshape(channels, samples)
    else:
        floats = buffer.cast("f")
        planes = tuple(floats[at * samples : (at + 1) * samples] for at in range(channels))
    return Audio(planes, header["sample_rate"], header.get("media_time_samples"))


def write_item(output, node_id, last):
    """The message of an output. Raises NodeError `invalid_output` for what is no item."""
    header = {"is": "item", "last": last}
    if isinstance(output, Audio):
        fields, buffer = _write_audio(output)
        return write({**header, "kind": "audio", **fields}, buffer)
    if isinstance(output, Event):
        return _write_event(output, node_id, header)
    if isinstance(output, (bytes, bytearray, memoryview)):
        media_type = getattr(output, "media_type", None)
        fields = {} if media_type is None else {"media_type": media_type}
        return write({**header, "kind": "binary", **fields}, memoryview(output).cast("B"))
    return write({**header, "kind": "value", "value": output.value if isinstance(output, Value) else output})


def _write_event(event, node_id, header):
    if not isinstance(event.get("type"), str):
        raise NodeError("an Event needs a text as its type", "permanent", "invalid_output")
    header = {**header, "kind": "event", "event": {"node_id": node_id, **event}}
    if event.audio is None:
        return write(header)
    audio, buffer = _write_audio(event.audio)
    return write({**header, "audio": audio}, buffer)


def _write_audio(audio):
    try:
        planes, channels, samples = _floats(audio.planes)
        fields = {"channels": channels, "samples": samples, "sample_rate": int(audio.sample_rate)}
        if audio.media_time_samples is not None:
            fields["media_time_samples"] = int(audio.media_time_samples)
    except (TypeError, ValueError) as error:
        raise NodeError("output is no audio: %s" % error, "permanent", "invalid_output") from None
    if channels < 1 or fields["sample_rate"] < 1:
        raise NodeError("audio needs a channel and a sample rate", "permanent", "invalid_output")
    return fields, planes


def _floats(planes):
    """All planes in one buffer of bytes, one after the other; a contiguous float32 array of numpy is not copied."""
    numpy = numpy_or_none()
    if numpy:
        block = numpy.ascontiguousarray(planes, numpy.float32)
        if block.ndim == 1 and isinstance(planes, numpy.ndarray):
            block = block.reshape(1, -1)
        if block.ndim != 2:
            raise ValueError("planes have %d dimensions instead of 2" % block.ndim)
        # A view of no samples cannot be cast.
        return (memoryview(block).cast("B") if block.size else b""), block.shape[0], block.shape[1]
    rows = [row if _is_float32(row) else array("f", row) for row in planes]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("channels differ in length")
    return b"".join(bytes(row) for row in rows), len(rows), len(rows[0]) if rows else 0


def _is_float32(row):
    return isinstance(row, memoryview) and row.format == "f" and row.ndim == 1
