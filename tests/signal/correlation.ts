/**
 * Finds a piece of audio in another: normalised cross-correlation by FFT. For tests that must know that what
 * came back is the right audio, and not just some audio.
 */

/** Where a piece fits best, and how well. */
export interface Match {
  /** -1 to 1; 1 is the same signal at any gain. */
  correlation: number;
  /** Index in the haystack at which the needle begins. */
  offset: number;
}

/** The best place of `needle` in `haystack` (at least as long), by normalised correlation. */
export function findIn(haystack: Float32Array, needle: Float32Array): Match {
  const size = 2 ** Math.ceil(Math.log2(haystack.length + needle.length));
  const [hr, hi] = transform(haystack, size);
  const [nr, ni] = transform(needle, size);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    // haystack * conjugate(needle)
    real[i] = hr[i]! * nr[i]! + hi[i]! * ni[i]!;
    imaginary[i] = hi[i]! * nr[i]! - hr[i]! * ni[i]!;
  }
  fft(real, imaginary, true);
  const needleEnergy = energy(needle);
  let window = energy(haystack.subarray(0, needle.length));
  let best: Match = { correlation: -1, offset: 0 };
  for (let offset = 0; offset + needle.length <= haystack.length; offset++) {
    const correlation = window > 0 ? real[offset]! / size / Math.sqrt(window * needleEnergy) : 0;
    if (correlation > best.correlation) best = { correlation, offset };
    window += (haystack[offset + needle.length] ?? 0) ** 2 - haystack[offset]! ** 2;
  }
  return best;
}

/**
 * The same for every stretch of `length` samples of a recording that is loud enough to be speech. Short
 * stretches are compared because a receiver's jitter buffer stretches time a little as it plays.
 */
export function findPieces(haystack: Float32Array, recording: Float32Array, length: number): Match[] {
  const matches = [];
  for (let start = 0; start + length <= recording.length; start += length) {
    const piece = recording.subarray(start, start + length);
    if (levelDbfs(piece) > -45) matches.push(findIn(haystack, piece));
  }
  return matches;
}

/** The middle of all correlations, and how far the pieces lie from following each other, in samples. */
export function summarise(matches: Match[], length: number): { correlation: number; offBy: number } {
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const steps = matches.slice(1).map(({ offset }, i) => Math.abs(offset - matches[i]!.offset - length));
  return { correlation: middle(matches.map(({ correlation }) => correlation)), offBy: middle(steps) };
}

/** Every `factor`-th sample after a moving average: enough to compare speech by. */
export function decimate(samples: Float32Array, factor: number): Float32Array {
  const output = new Float32Array(Math.floor(samples.length / factor));
  for (let i = 0; i < output.length; i++) {
    let sum = 0;
    for (let k = 0; k < factor; k++) sum += samples[i * factor + k]!;
    output[i] = sum / factor;
  }
  return output;
}

/** Root mean square in dB relative to full scale. */
export function levelDbfs(samples: Float32Array): number {
  return 10 * Math.log10(energy(samples) / samples.length + 1e-12);
}

function energy(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

function transform(samples: Float32Array, size: number): [Float64Array, Float64Array] {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(samples);
  fft(real, imaginary, false);
  return [real, imaginary];
}

/** In-place radix-2 transform (Cooley and Tukey 1965); the inverse is not scaled. */
function fft(real: Float64Array, imaginary: Float64Array, inverse: boolean): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= size; length <<= 1) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / length;
    for (let k = 0; k < length / 2; k++) {
      const cosine = Math.cos(angle * k);
      const sine = Math.sin(angle * k);
      for (let start = k; start < size; start += length) {
        const other = start + length / 2;
        const r = real[other]! * cosine - imaginary[other]! * sine;
        const m = real[other]! * sine + imaginary[other]! * cosine;
        real[other] = real[start]! - r;
        imaginary[other] = imaginary[start]! - m;
        real[start]! += r;
        imaginary[start]! += m;
      }
    }
  }
}
