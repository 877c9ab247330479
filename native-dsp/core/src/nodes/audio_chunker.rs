//! `AudioChunkerNode`: the stream in chunks of exactly the wanted size.

use crate::block::Block;
use crate::event::{AudioChunk, EndReason, EventKind};
use crate::format::Format;
use crate::graph::MOST_EVENTS_OF_A_NODE;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

#[cfg(test)]
mod tests;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AudioChunkerNode",
    aliases: &["AudioChunker", "ChunkerNode"],
    summary: "Gives the audio once more in chunks of exactly the size that a model wants.",
    documentation: "\
Audio moves through a pipeline in frames of 10 ms; this node hands it out in pieces of another size, as 512 \
samples for a model. Each chunk is one `audio_chunk` event whose time is its first sample. Where the pipeline \
runs in the caller's process the event comes with its samples, as they came in: 32-bit float in the format of \
the node's input, one channel after the other. Over the network clients get the event without samples. The \
audio itself passes on untouched.

Chunks follow each other without a gap, and overlap by `overlap` samples if asked to. What is left when the \
input ends, or before media that was skipped, is given as a shorter chunk with `is_partial`; the next chunk \
begins with the next sample. A pipeline carries 64 events of a node per frame, so chunks that begin more often \
than that (every 8 samples at 48 kHz) are refused.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["audio_chunk"],
    requires: &[],
    build: Build::Audio(build),
};

const MAX_CHUNK_SAMPLES: i64 = 65_536;

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "chunk_size",
        aliases: &["chunk_size_samples"],
        kind: ParamKind::Integer {
            min: 1,
            max: MAX_CHUNK_SAMPLES,
            default: 512,
        },
        documentation: "Samples per channel in each chunk, at the rate of the node's input.",
    },
    ParamSpec {
        name: "overlap",
        aliases: &["overlap_samples"],
        kind: ParamKind::Integer {
            min: 0,
            max: MAX_CHUNK_SAMPLES - 1,
            default: 0,
        },
        documentation: "Samples at the end of a chunk with which the next one begins; less than `chunk_size`.",
    },
    ParamSpec {
        name: "flush_remainder",
        aliases: &[],
        kind: ParamKind::Flag { default: true },
        documentation: "Whether samples that fill no whole chunk are given all the same when the audio ends.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let size = params.integer("chunk_size") as usize;
    let overlap = params.integer("overlap") as usize;
    if overlap >= size {
        return Err(BuildError {
            param: "overlap",
            message: format!("chunks of {size} samples cannot overlap by {overlap}"),
            hint: "Make overlap smaller than chunk_size; both are samples.".into(),
        });
    }
    let (frame, hop) = (offered.frame_samples(), size - overlap);
    if frame / hop >= MOST_EVENTS_OF_A_NODE {
        return Err(BuildError {
            param: "chunk_size",
            message: format!(
                "a chunk every {hop} samples makes more events than a frame of {frame} samples can carry"
            ),
            hint: format!(
                "Begin chunks at least {} samples apart.",
                frame / MOST_EVENTS_OF_A_NODE + 1
            ),
        });
    }
    let channels = usize::from(offered.channels);
    Ok(Built {
        node: Box::new(AudioChunker {
            format: offered,
            size,
            overlap,
            flushes: params.flag("flush_remainder"),
            samples: vec![0.0; channels * size],
            filled: 0,
            known: 0,
            first: 0,
            count: 0,
        }),
        input: offered,
        output: offered,
    })
}

struct AudioChunker {
    format: Format,
    /// Per channel.
    size: usize,
    overlap: usize,
    flushes: bool,
    /// The chunk that is being filled, plane after plane.
    samples: Vec<f32>,
    /// Samples per channel in it.
    filled: usize,
    /// How many of them were part of the chunk before.
    known: usize,
    /// Position of its first sample.
    first: i64,
    count: u32,
}

impl Node for AudioChunker {
    /// Allocates only the chunks that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        if input.position != self.first + self.filled as i64 {
            self.restart(input.position, output);
        }
        let length = input.audio.format().frame_samples();
        let mut taken = 0;
        while taken < length {
            taken += self.fill(input.audio, taken);
            if self.filled == self.size {
                self.give(output);
                self.slide();
            }
        }
    }

    fn reset(&mut self) {
        (self.filled, self.known, self.first, self.count) = (0, 0, 0, 0);
    }

    fn end_of_input(&mut self, position: i64, _: EndReason, output: &mut Output<'_>) {
        self.restart(position, output);
    }
}

impl AudioChunker {
    /// Takes samples from place `from` of a frame, as many as fit. Says how many.
    fn fill(&mut self, audio: &Block, from: usize) -> usize {
        let (size, filled) = (self.size, self.filled);
        let length = (audio.format().frame_samples() - from).min(size - filled);
        for (channel, plane) in self.samples.chunks_exact_mut(size).enumerate() {
            let samples = &audio.channel(channel)[from..from + length];
            plane[filled..filled + length].copy_from_slice(samples);
        }
        self.filled += length;
        length
    }

    /// Gives what there is.
    fn give(&mut self, output: &mut Output<'_>) {
        let planes = self.samples.chunks_exact(self.size);
        let mut samples = Vec::with_capacity(planes.len() * self.filled);
        planes.for_each(|plane| samples.extend_from_slice(&plane[..self.filled]));
        let chunk = AudioChunk {
            index: self.count,
            length_samples: self.filled as u32,
            duration_ms: (self.filled as f64 * 1e3 / f64::from(self.format.sample_rate)) as f32,
            is_partial: self.filled < self.size,
            channels: self.format.channels,
            audio_sample_rate: self.format.sample_rate,
            samples,
        };
        self.count += 1;
        output.emit(self.first, EventKind::AudioChunk(Box::new(chunk)));
    }

    /// Begins the next chunk with the overlap.
    fn slide(&mut self) {
        for plane in self.samples.chunks_exact_mut(self.size) {
            plane.copy_within(self.size - self.overlap.., 0);
        }
        self.first += (self.size - self.overlap) as i64;
        (self.filled, self.known) = (self.overlap, self.overlap);
    }

    /// The audio goes on at `position`, or not at all: gives what is left, and begins a new chunk.
    fn restart(&mut self, position: i64, output: &mut Output<'_>) {
        if self.flushes && self.filled > self.known {
            self.give(output);
        }
        (self.filled, self.known, self.first) = (0, 0, position);
    }
}
