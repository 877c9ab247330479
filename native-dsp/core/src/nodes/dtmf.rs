//! `DtmfNode`: which key was pressed.

use crate::dsp::dual_tone::{DualTone, DualToneBank, HOP, SAMPLE_RATE, WINDOW};
use crate::dsp::finite::finite;
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

#[cfg(test)]
mod tests;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "DtmfNode",
    aliases: &["Dtmf", "DtmfDetectorNode"],
    summary: "Hears the digits of a telephone keypad.",
    documentation: "\
Emits `dtmf` with `digit` (0 to 9, A to D, `*`, `#`) and `duration_ms` when a key's pair of tones has ended. \
By default it follows the figures that ITU-T Q.24 gives for North America: tones within 1.5 % of their \
frequency are heard and 3.5 % off they are not, digits of 40 ms are heard and of 23 ms are not, a break of up \
to 10 ms does not end a digit and a pause of 40 ms does. A pair counts only while it carries most of the \
power, which keeps speech from being taken for digits. Works on mono at 8 kHz, to which its input is \
converted; the audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["dtmf"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    number(
        "threshold_dbfs",
        (-60.0, -10.0, -36.0),
        "RMS level in dBFS that each of the two tones must have.",
    ),
    number(
        "min_duration_ms",
        (20.0, 1_000.0, 32.0),
        "Shortest digit in ms; the length is measured to within 4 ms.",
    ),
    number(
        "max_high_over_low_db",
        (0.0, 20.0, 4.0),
        "How much louder than the low tone the high one may be, in dB (twist).",
    ),
    number(
        "max_low_over_high_db",
        (0.0, 20.0, 8.0),
        "How much louder than the high tone the low one may be, in dB (reverse twist).",
    ),
];

const fn number(
    name: &'static str,
    (min, max, default): (f64, f64, f64),
    documentation: &'static str,
) -> ParamSpec {
    ParamSpec {
        name,
        aliases: &[],
        kind: ParamKind::Number { min, max, default },
        documentation,
    }
}

/// Keys by row and column (ITU-T Q.23).
const KEYS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];
/// Midway between what must be heard (1.5 %) and what must not (3.5 %).
const MAX_DEVIATION: f32 = 0.025;
/// Share of all power that the pair must have: noise 15 dB below leaves it 0.97, speech rarely half.
const MIN_SHARE: f32 = 0.85;
/// A tone that fills half of the window shows a quarter of its power: there it begins and ends.
const EDGE: f32 = 0.25;
/// Hops without the tone that end a digit: 20 ms, between a break (10) and a pause (40).
const PAUSE: u64 = 8;
/// Hops in which a beginning tone reaches its full power, and longest way back to its beginning.
const RISE: u64 = 8;
/// Hops whose powers are kept.
const HISTORY: u64 = 32;
const MS_PER_HOP: f32 = 1_000.0 * HOP as f32 / SAMPLE_RATE as f32;

fn build(params: &Params, _offered: Format) -> Result<Built, BuildError> {
    let power = |db: f64| 10f64.powf(db / 10.0) as f32;
    let format = Format::mono(SAMPLE_RATE);
    Ok(Built {
        node: Box::new(Dtmf {
            min_power: power(params.number("threshold_dbfs")),
            min_duration_ms: params.number("min_duration_ms") as f32,
            max_high_over_low: power(params.number("max_high_over_low_db")),
            max_low_over_high: power(params.number("max_low_over_high_db")),
            bank: DualToneBank::new(),
            origin: 0,
            hops: 0,
            history: [[0.0; 8]; HISTORY as usize],
            digit: None,
        }),
        input: format,
        output: format,
    })
}

struct Dtmf {
    min_power: f32,
    min_duration_ms: f32,
    /// Ratios of power.
    max_high_over_low: f32,
    max_low_over_high: f32,
    bank: DualToneBank,
    /// Position of the first sample since the last jump.
    origin: i64,
    /// Hops since then.
    hops: u64,
    /// Powers of all tones in the last hops, a ring.
    history: [[f32; 8]; HISTORY as usize],
    digit: Option<Digit>,
}

/// A pair of tones that is or was just heard. Hops are counted from the origin.
struct Digit {
    tones: [usize; 2],
    /// Hop in which it was recognised, and those in which it began and was last heard.
    recognised: u64,
    first: u64,
    last: u64,
    /// Highest power so far.
    power: f32,
    /// Hops in which it fulfilled every rule.
    sound: u32,
}

impl Node for Dtmf {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        if input.position != self.origin + self.hops as i64 * HOP as i64 {
            self.close(output);
            self.origin = input.position;
        }
        for samples in input.audio.channel(0).chunks_exact(HOP) {
            let mut hop = [0.0; HOP];
            for (sample, given) in hop.iter_mut().zip(samples) {
                *sample = finite(*given);
            }
            self.hop(&hop, output);
        }
    }

    fn reset(&mut self) {
        self.bank.reset();
        self.origin = 0;
        self.hops = 0;
        self.history = [[0.0; 8]; HISTORY as usize];
        self.digit = None;
    }

    fn end_of_input(&mut self, position: i64, _reason: EndReason, output: &mut Output<'_>) {
        self.close(output);
        self.origin = position;
    }
}

impl Dtmf {
    fn hop(&mut self, samples: &[f32; HOP], output: &mut Output<'_>) {
        let heard = self.bank.hop(samples);
        let now = self.hops;
        self.hops += 1;
        self.history[(now % HISTORY) as usize] = heard.powers;
        let tones = self.is_pair(&heard).then_some(heard.loudest);
        let other = |digit: &Digit| tones.is_some_and(|tones| tones != digit.tones);
        if self.digit.as_ref().is_some_and(other) {
            self.conclude(output);
        }
        match (&mut self.digit, tones) {
            (None, None) => {}
            (None, Some(tones)) => {
                let power = power_of(&heard.powers, tones);
                self.digit = Some(Digit {
                    tones,
                    recognised: now,
                    first: self.beginning(tones, now, power),
                    last: now,
                    power,
                    sound: 1,
                });
            }
            (Some(digit), tones) => {
                digit.sound += u32::from(tones.is_some());
                let power = power_of(&heard.powers, digit.tones);
                if power >= digit.power * EDGE {
                    digit.last = now;
                }
                let is_over = now - digit.last >= PAUSE;
                let is_rising = power > digit.power && now - digit.recognised <= RISE;
                digit.power = digit.power.max(power);
                let (tones, recognised) = (digit.tones, digit.recognised);
                if is_over {
                    self.conclude(output);
                } else if is_rising {
                    let first = self.beginning(tones, recognised, power);
                    self.digit.as_mut().expect("matched above").first = first;
                }
            }
        }
    }

    /// Whether the two loudest tones are a key by every rule but duration.
    fn is_pair(&self, heard: &DualTone) -> bool {
        let [low, high] = heard.corrected;
        low.min(high) >= self.min_power
            && high <= low * self.max_high_over_low
            && low <= high * self.max_low_over_high
            && low + high >= MIN_SHARE * heard.total
            && heard
                .deviations
                .iter()
                .all(|off| off.abs() <= MAX_DEVIATION)
    }

    /// The first hop of the stretch around `from` in which the pair reaches the edge of `power`.
    fn beginning(&self, tones: [usize; 2], from: u64, power: f32) -> u64 {
        let earliest = from.saturating_sub(HISTORY - 2 - RISE);
        let before = (earliest..from).rev();
        let is_heard =
            |hop: &u64| power_of(&self.history[(*hop % HISTORY) as usize], tones) >= power * EDGE;
        before.take_while(is_heard).last().unwrap_or(from)
    }

    /// Reports the digit if it lasted.
    fn conclude(&mut self, output: &mut Output<'_>) {
        let Some(digit) = self.digit.take() else {
            return;
        };
        let duration_ms = (digit.last - digit.first + 1) as f32 * MS_PER_HOP;
        // A window at an edge is no sound pair; of the others half may be disturbed.
        let full_ms = duration_ms - WINDOW as f32 / HOP as f32 * MS_PER_HOP;
        let sound_ms = digit.sound as f32 * MS_PER_HOP;
        if duration_ms >= self.min_duration_ms && sound_ms >= (full_ms / 2.0).max(5.0) {
            // From the middle of the window to the edge of the hop around it.
            let end = self.origin + (digit.first as i64 + 1) * HOP as i64;
            let start = end - (WINDOW + HOP) as i64 / 2;
            let [row, column] = digit.tones;
            let digit = KEYS[row][column - 4];
            output.emit(start, EventKind::Dtmf { digit, duration_ms });
        }
    }

    /// What was heard is all there is: as if silence followed, and then as new.
    fn close(&mut self, output: &mut Output<'_>) {
        for _ in 0..WINDOW as u64 / HOP as u64 + PAUSE {
            if self.digit.is_some() {
                self.hop(&[0.0; HOP], output);
            }
        }
        self.reset();
    }
}

fn power_of(powers: &[f32; 8], tones: [usize; 2]) -> f32 {
    powers[tones[0]] + powers[tones[1]]
}
