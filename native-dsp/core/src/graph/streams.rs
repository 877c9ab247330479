//! The audio streams of a graph in the making, and what has to happen to them between the nodes.

use super::convert::Converter;
use super::step::Step;
use crate::dsp::delay_line::DelayLine;
use crate::format::Format;
use crate::plan::Inserted;
use crate::time::MediaTime;

/// Audio that is made once and can be heard by many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    /// Its format.
    pub format: Format,
    /// How far it lags behind the session's input.
    pub delay: MediaTime,
}

/// All streams so far, numbered; stream 0 is the session's input.
pub(super) struct Streams {
    pub steps: Vec<Step>,
    pub inserted: Vec<Inserted>,
    streams: Vec<Stream>,
    /// (source, result, place in `inserted`) of every conversion, so that none is made twice.
    conversions: Vec<(usize, usize, usize)>,
}

/// Number of the stream that the session feeds in.
pub(super) const INPUT: usize = 0;

impl Streams {
    pub fn new(input: Format) -> Self {
        Self {
            steps: Vec::new(),
            inserted: Vec::new(),
            streams: vec![Stream {
                format: input,
                delay: MediaTime::ZERO,
            }],
            conversions: Vec::new(),
        }
    }

    pub fn get(&self, stream: usize) -> Stream {
        self.streams[stream]
    }

    /// A new stream, which the next step writes.
    pub fn add(&mut self, format: Format, delay: MediaTime) -> usize {
        self.streams.push(Stream { format, delay });
        self.streams.len() - 1
    }

    pub fn formats(&self) -> Vec<Format> {
        self.streams.iter().map(|stream| stream.format).collect()
    }

    /// The stream in the format `to`, for the use of `before`. Whoever wants the same shares it.
    pub fn convert(&mut self, from: usize, to: Format, before: &str) -> usize {
        let source = self.get(from);
        if source.format == to {
            return from;
        }
        let is_same = |&&(source, result, _): &&(usize, usize, usize)| {
            source == from && self.streams[result].format == to
        };
        if let Some(&(_, result, place)) = self.conversions.iter().find(is_same) {
            if let Inserted::Convert { before: users, .. } = &mut self.inserted[place] {
                users.push(before.to_owned());
            }
            return result;
        }
        let converter = Box::new(Converter::new(source.format, to));
        let latency = converter.latency();
        let result = self.add(to, source.delay + latency);
        self.conversions.push((from, result, self.inserted.len()));
        self.inserted.push(Inserted::Convert {
            from: source.format,
            to,
            latency_ms: latency.to_ms(),
            before: vec![before.to_owned()],
        });
        self.steps.push(Step::Convert {
            from,
            to: result,
            converter,
        });
        result
    }

    /// One stream out of several: in the highest rate and the most channels among them, aligned to the
    /// slowest, added up. The same stream counts once, however many ways it came.
    pub fn join(&mut self, sources: &[usize], before: &str) -> usize {
        let mut distinct: Vec<usize> = Vec::new();
        for &source in sources {
            if !distinct.contains(&source) {
                distinct.push(source);
            }
        }
        if let [only] = distinct[..] {
            return only;
        }
        let formats: Vec<Format> = distinct
            .iter()
            .map(|&source| self.get(source).format)
            .collect();
        let format = Format {
            sample_rate: formats
                .iter()
                .map(|format| format.sample_rate)
                .max()
                .unwrap_or(0),
            channels: formats
                .iter()
                .map(|format| format.channels)
                .max()
                .unwrap_or(0),
        };
        for source in &mut distinct {
            *source = self.convert(*source, format, before);
        }
        let slowest = distinct.iter().map(|&source| self.get(source).delay).max();
        let slowest = slowest.unwrap_or(MediaTime::ZERO);
        for source in &mut distinct {
            *source = self.hold_back(*source, slowest, before);
        }
        let to = self.add(format, slowest);
        let before = vec![before.to_owned()];
        self.inserted.push(Inserted::Mix {
            streams: distinct.len(),
            format,
            before,
        });
        self.steps.push(Step::Mix { from: distinct, to });
        to
    }

    /// The stream, delayed until it lags by `delay`, to the nearest sample.
    fn hold_back(&mut self, from: usize, delay: MediaTime, before: &str) -> usize {
        let Stream { format, delay: has } = self.get(from);
        let samples = (delay - has).to_samples(format.sample_rate);
        if samples == 0 {
            return from;
        }
        let to = self.add(format, delay);
        let line = DelayLine::new(samples as usize, format);
        let latency_ms = MediaTime::from_samples(samples, format.sample_rate).to_ms();
        self.inserted.push(Inserted::Delay {
            latency_ms,
            before: vec![before.to_owned()],
        });
        self.steps.push(Step::Delay { from, to, line });
        to
    }
}
