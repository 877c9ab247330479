//! `LogMelNode`: what a speech recogniser listens to.

use crate::dsp::log_mel::{HALF, HOP, LogMelFrame, MELS, SAMPLE_RATE, WINDOW, mirrored};
use crate::event::{EndReason, EventKind, LogMel as Payload};
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

#[cfg(test)]
mod tests;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "LogMelNode",
    aliases: &["LogMel", "LogMelSpectrogramNode"],
    summary: "Computes Whisper's features: a log-mel spectrogram, live.",
    documentation: "\
Every `interval_ms` it emits `log_mel` with the frames since the last: `frames` frames of `mels` values each, \
frame after frame in `values`. Parameters are Whisper's: 16 kHz (to which the input is converted), a Hann window \
of 400 samples every 160, power, `mels` bands of equal area on Slaney's scale, base-10 logarithm, not below -10. \
Frame `first_frame` is centred on the event's time; it is known 12.5 ms later.

The values are raw. Whisper also raises what is more than 8 below the highest value of the whole recording to \
that, and scales by (x + 4) / 4: do so when the recording is complete, or use the function `logMelSpectrogram`, \
which does everything at once. At its start, at its end and where media was skipped the signal is mirrored, so \
the frames of a recording are those of that function. As JSON, 80 bands are about 80 kB a second. The audio \
passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["log_mel"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "mels",
        aliases: &["n_mels"],
        kind: ParamKind::Integer {
            min: 80,
            max: 128,
            default: 80,
        },
        documentation: "Mel bands, 80 or 128: 128 for Whisper large-v3 and its descendants, 80 for those before.",
    },
    ParamSpec {
        name: "interval_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 10,
            max: 1_000,
            default: 100,
        },
        documentation: "Time between events in ms, rounded down to whole frames of 10 ms.",
    },
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let mels = params.integer("mels") as usize;
    if !MELS.contains(&mels) {
        return Err(BuildError {
            param: "mels",
            message: format!("no model was trained with {mels} mel bands"),
            hint: "Take 80, or 128 for large-v3 and its descendants.".into(),
        });
    }
    let frame = LogMelFrame::new(mels);
    let frames = (params.integer("interval_ms") * i64::from(FRAMES_PER_SECOND) / 1_000) as usize;
    let format = Format::mono(SAMPLE_RATE);
    Ok(Built {
        node: Box::new(LogMel {
            // Ten milliseconds may hold two frames at the end, and what waits is less than an interval.
            values: Vec::with_capacity((frames + 2) * frame.mels()),
            frame,
            interval: frames,
            recent: [0.0; KEPT],
            origin: 0,
            length: 0,
            next: 0,
            given: 0,
        }),
        input: format,
        output: format,
    })
}

/// Samples that are kept: a frame reaches back a window, and waits for half of one.
const KEPT: usize = 1_024;

struct LogMel {
    frame: LogMelFrame,
    /// Frames in an event.
    interval: usize,
    /// The last samples, a ring.
    recent: [f32; KEPT],
    /// Position of the first sample since the start or the last jump, and how many came since.
    origin: i64,
    length: usize,
    /// The next frame since then.
    next: usize,
    /// Values that wait for the interval to be over.
    values: Vec<f32>,
    /// Frames given away, ever.
    given: u64,
}

impl Node for LogMel {
    /// Allocates only the values that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        if input.position != self.origin + self.length as i64 {
            self.restart(input.position, output);
        }
        for sample in input.audio.channel(0) {
            self.recent[self.length % KEPT] = *sample;
            self.length += 1;
        }
        // The first frame is mirrored about its middle, for which it needs a sample more than the others.
        while self.length > self.next * HOP + HALF {
            self.compute(output);
        }
    }

    fn reset(&mut self) {
        (self.origin, self.length, self.next, self.given) = (0, 0, 0, 0);
        self.values.clear();
    }

    fn end_of_input(&mut self, position: i64, _: EndReason, output: &mut Output<'_>) {
        self.restart(position, output);
    }
}

impl LogMel {
    fn compute(&mut self, output: &mut Output<'_>) {
        let first = (self.next * HOP) as i64 - HALF as i64;
        let (recent, length) = (&self.recent, self.length);
        let sample = |n: usize| recent[mirrored(first + n as i64, length) % KEPT];
        self.values.extend(self.frame.values(sample));
        self.next += 1;
        if self.values.len() == self.interval * self.frame.mels() {
            self.give(output);
        }
    }

    fn give(&mut self, output: &mut Output<'_>) {
        let mels = self.frame.mels();
        let frames = self.values.len() / mels;
        let payload = Payload {
            mels: mels as u32,
            frames: frames as u32,
            first_frame: self.given,
            values: self.values.clone(),
        };
        self.values.clear();
        self.given += frames as u64;
        let centre = self.origin + ((self.next - frames) * HOP) as i64;
        output.emit(centre, EventKind::LogMel(Box::new(payload)));
    }

    /// The audio goes on at `position`, or not at all: gives the frames that lack their second half.
    fn restart(&mut self, position: i64, output: &mut Output<'_>) {
        while self.next < self.length / HOP {
            self.compute(output);
        }
        if !self.values.is_empty() {
            self.give(output);
        }
        (self.origin, self.length, self.next) = (position, 0, 0);
    }
}

// A frame at the end is mirrored within what is kept.
const _: () = assert!(KEPT >= WINDOW + HOP + HALF);
