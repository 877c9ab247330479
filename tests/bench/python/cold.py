"""The seed's method: the first calls of a fresh process, five runs, memory as growth of the resident set.

Prints {"resample_ms", "vad_ms", "format_ms", "pipeline_ms", "memory_mb", "second_memory_mb"}: a list of five each, the
growth over them, and over the next five.
"""

import json
import sys
from time import perf_counter

import librosa
import numpy as np

RUNS = 5


def resident_mb():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 2**20


def block(planar):
    """Five calls, and by how much they have made the process grow."""
    times = {"resample_ms": [], "vad_ms": [], "format_ms": [], "pipeline_ms": []}
    before = resident_mb()
    for _ in range(RUNS):
        start = perf_counter()
        audio = librosa.resample(planar, orig_sr=44_100, target_sr=16_000)
        resampled = perf_counter()
        voice = audio.mean(axis=0)
        voice = voice[: len(voice) // 480 * 480].reshape(-1, 480)
        flags = np.sqrt(np.mean(voice * voice, axis=1)) > 0.01
        judged = perf_counter()
        converted = (np.clip(audio, -1.0, 1.0) * 32767.0).astype(np.int16)
        end = perf_counter()
        assert converted.shape == (2, 160_000) and len(flags) == 333
        times["resample_ms"].append((resampled - start) * 1e3)
        times["vad_ms"].append((judged - resampled) * 1e3)
        times["format_ms"].append((end - judged) * 1e3)
        times["pipeline_ms"].append((end - start) * 1e3)
    return {**times, "memory_mb": resident_mb() - before}


def main():
    planar = np.ascontiguousarray(np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, 2).T)
    first, second = block(planar), block(planar)
    print(json.dumps({**first, "second_memory_mb": second["memory_mb"]}))


main()
