"""What a Python user would take, on request: JSON lines in, JSON lines out.

    {"op": "setup", "files": {"music": path, "speech": path}, "silero": path} -> {"versions", "skipped"}
    {"op": "turn", "name": "soxr"} -> {"ns": [...]}: nanoseconds of each call of one turn
    {"op": "resample", "name", "input", "output", "from_hz", "to_hz"}: files of float32 samples, mono
"""

import json
import sys
from platform import python_version
from time import perf_counter_ns

import librosa
import numpy as np
import onnxruntime
import soxr

STEREO_HZ, SPEECH_HZ, TARGET_HZ = 44_100, 48_000, 16_000
CHUNK = STEREO_HZ // 100
VAD_FRAME = TARGET_HZ * 30 // 1000
WINDOW, CONTEXT = 512, 64
# Short turns: on a busy machine few of them are interrupted. The next turn goes on where this one ended.
CALLS_A_TURN = 100


def time_each(work, items):
    """Nanoseconds of `work(item)` for each item."""
    times = []
    for item in items:
        start = perf_counter_ns()
        work(item)
        times.append(perf_counter_ns() - start)
    return times


def is_speech(frame, threshold=0.01):
    return np.sqrt(np.mean(frame * frame)) > threshold


def to_int16(samples):
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)


class Silero:
    """The published model, driven as its own wrapper does: 64 samples of context before each window."""

    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.rate = np.array(TARGET_HZ, dtype=np.int64)
        self.reset()

    def reset(self):
        self.state = np.zeros((2, 1, 128), dtype=np.float32)
        self.input = np.zeros((1, CONTEXT + WINDOW), dtype=np.float32)

    def __call__(self, window):
        self.input[0, :CONTEXT] = self.input[0, WINDOW:]
        self.input[0, CONTEXT:] = window
        inputs = {"input": self.input, "state": self.state, "sr": self.rate}
        output, self.state = self.session.run(None, inputs)
        return float(output[0, 0])


class Worker:
    def __init__(self):
        self.turns, self.positions = {}, {}

    def setup(self, files, silero):
        music = np.fromfile(files["music"], dtype=np.float32).reshape(-1, 2)
        speech = np.fromfile(files["speech"], dtype=np.float32)
        planar = np.ascontiguousarray(music.T)
        mono = np.ascontiguousarray(planar[0])
        low = soxr.resample(speech, SPEECH_HZ, TARGET_HZ)
        stream = soxr.ResampleStream(STEREO_HZ, TARGET_HZ, 2, dtype="float32")
        model = Silero(silero)
        chunks = list(music[: len(music) // CHUNK * CHUNK].reshape(-1, CHUNK, 2))
        planar_chunks = [np.ascontiguousarray(chunk.T) for chunk in chunks[:100]]
        frames = list(low[: len(low) // VAD_FRAME * VAD_FRAME].reshape(-1, VAD_FRAME))
        windows = list(low[: len(low) // WINDOW * WINDOW].reshape(-1, WINDOW))
        once = [None]

        def librosa_resample(audio):
            return librosa.resample(audio, orig_sr=STEREO_HZ, target_sr=TARGET_HZ)

        def pipeline(_):
            audio = soxr.resample(music, STEREO_HZ, TARGET_HZ)
            voice = audio.mean(axis=1)
            voice = voice[: len(voice) // VAD_FRAME * VAD_FRAME].reshape(-1, VAD_FRAME)
            flags = np.sqrt(np.mean(voice * voice, axis=1)) > 0.01
            return to_int16(audio), flags

        def pipeline_librosa(_):
            audio = librosa_resample(planar)
            voice = audio.mean(axis=0)
            voice = voice[: len(voice) // VAD_FRAME * VAD_FRAME].reshape(-1, VAD_FRAME)
            flags = np.sqrt(np.mean(voice * voice, axis=1)) > 0.01
            return to_int16(audio), flags

        self.turns = {
            "librosa": (lambda _: librosa_resample(planar), once),
            "soxr": (lambda _: soxr.resample(music, STEREO_HZ, TARGET_HZ), once),
            "soxr_planar": (lambda _: [soxr.resample(channel, STEREO_HZ, TARGET_HZ) for channel in planar], once),
            "soxr_mono": (lambda _: soxr.resample(mono, STEREO_HZ, TARGET_HZ), once),
            "soxr_chunk": (stream.resample_chunk, chunks),
            "librosa_chunk": (librosa_resample, planar_chunks),
            "numpy_vad": (is_speech, frames),
            "numpy_int16": (lambda _: to_int16(music), once),
            "onnxruntime_silero": (model, windows),
            "pipeline": (pipeline, once),
            "pipeline_librosa": (pipeline_librosa, once),
        }
        skipped = self.add_rnnoise(speech)
        versions = {module.__name__: module.__version__ for module in (librosa, np, onnxruntime, soxr)}
        return {"versions": {"python": python_version(), **versions}, "skipped": skipped}

    def add_rnnoise(self, speech):
        try:
            from pyrnnoise import rnnoise
        except Exception as error:  # Its wheel exists for some platforms only.
            return [f"pyrnnoise: {error}"]
        state = rnnoise.create()
        pcm = to_int16(speech)
        frames = list(pcm[: len(pcm) // 480 * 480].reshape(-1, 480))
        self.turns["pyrnnoise"] = (lambda frame: rnnoise.process_mono_frame(state, frame), frames)
        return []

    def turn(self, name):
        work, items = self.turns[name]
        start = self.positions.get(name, 0) % len(items)
        taken = items[start : start + CALLS_A_TURN]
        self.positions[name] = start + len(taken)
        return {"ns": time_each(work, taken)}

    def resample(self, name, input, output, from_hz, to_hz):
        samples = np.fromfile(input, dtype=np.float32)
        if name == "librosa":
            converted = librosa.resample(samples, orig_sr=from_hz, target_sr=to_hz)
        else:
            converted = soxr.resample(samples, from_hz, to_hz)
        converted.astype(np.float32).tofile(output)
        return {}


def main():
    worker = Worker()
    for line in sys.stdin:
        request = json.loads(line)
        operation = getattr(worker, request.pop("op"))
        try:
            answer = operation(**request)
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
