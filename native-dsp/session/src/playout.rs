//! Packets in order become audio on the media timeline: decoded, restored, or filled, then framed and
//! run through the graph, and what comes out is sent.

use remotemedia_core::event::{EndReason, EventQueue, GapCause, GapFill};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::time::MediaTime;

use crate::codec::{AudioDecoder, MAX_PACKET_SAMPLES};
use crate::framer::Framer;
use crate::gap::GapReporter;
use crate::hosts::HostFrames;
use crate::reorder::{Content, Held};
use crate::sender::Sender;
use crate::stats::SessionStats;
use crate::time::Micros;
use crate::timeline::{Joint, Timeline};
use crate::transmit::TransmitQueue;

/// A longer jump of the media is a pause that is skipped, in samples. In discontinuous transmission
/// browsers refresh the silence every 400 ms.
const PAUSE: i64 = 48_000;

/// Extrapolation past this is noise; silence follows. In samples.
const MAX_CONCEALMENT: i64 = 5760;

/// The decoder conceals in steps of 2.5 ms; a frame of 20 ms at a time.
const CONCEALMENT_UNIT: usize = 120;
const CONCEALMENT_FRAME: usize = 960;

/// Events that wait for the caller.
const EVENT_CAPACITY: usize = 256;

/// The playing half of a session.
pub(crate) struct Playout {
    pub graph: Graph,
    pub hosts: HostFrames,
    pub sender: Option<Sender>,
    pub transmit: TransmitQueue,
    pub events: EventQueue,
    pub stats: SessionStats,
    decoder: Box<dyn AudioDecoder>,
    pcm: Box<[f32; MAX_PACKET_SAMPLES]>,
    /// Length of the last packet, in samples: what a missing one is taken to have had.
    packet_samples: usize,
    timeline: Timeline,
    framer: Framer,
    /// When the packet came that begins in the frame in the making.
    arrival: Option<Micros>,
    gaps: GapReporter,
}

/// When a packet is played, and when it came.
#[derive(Clone, Copy)]
struct Moment {
    now: Micros,
    arrival: Micros,
}

impl Playout {
    pub fn new(mut graph: Graph, decoder: Box<dyn AudioDecoder>, sender: Option<Sender>) -> Self {
        Self {
            hosts: HostFrames::new(&mut graph),
            graph,
            sender,
            transmit: TransmitQueue::default(),
            events: EventQueue::with_capacity(EVENT_CAPACITY),
            stats: SessionStats::default(),
            decoder,
            pcm: Box::new([0.0; MAX_PACKET_SAMPLES]),
            packet_samples: CONCEALMENT_FRAME,
            timeline: Timeline::default(),
            framer: Framer::new(Format::VOICE),
            arrival: None,
            gaps: GapReporter::new(Format::VOICE.sample_rate),
        }
    }

    /// Plays the next packet; `missing` ones before it are given up. Returns whether it was played: a
    /// copy of what was played already is not, nor is audio that runs ahead of time.
    pub fn play(&mut self, now: Micros, packet: &Held, missing: u32) -> bool {
        let moment = Moment {
            now,
            arrival: packet.arrival,
        };
        let payload = packet.payload();
        let known = self.decoder.packet_samples(payload);
        let samples = known.unwrap_or(self.packet_samples);
        if packet.content == Content::Copy && self.timeline.is_past(packet.timestamp) {
            return false;
        }
        match self.timeline.join(now, packet.timestamp, samples) {
            Joint::TooFast => {
                self.stats.packets_refused.too_fast += 1;
                return false;
            }
            Joint::Resynchronised => self.stats.timestamps_resynchronised += 1,
            Joint::After(gap) if gap > PAUSE => self.skip(moment, gap),
            Joint::After(gap) => self.fill(moment, gap, missing, payload),
        }
        self.packet_samples = samples;
        match self.decoder.decode(payload, &mut self.pcm[..]) {
            Ok(samples) => {
                match packet.content {
                    Content::Copy => self.stats.frames_red += 1,
                    _ => {
                        self.stats.frames_decoded += 1;
                        // A copy comes later than its original would have: it says nothing of the network.
                        self.arrival.get_or_insert(packet.arrival);
                    }
                }
                self.heard(moment, samples);
            }
            Err(_) => {
                self.stats.decode_errors += 1;
                self.conceal(moment, samples as i64, GapCause::Corrupt);
            }
        }
        true
    }

    /// Whether `packet` carries all that is needed to restore the one lost before it.
    pub fn can_restore_before(&self, packet: &Held) -> bool {
        self.decoder.fec_samples(packet.payload()) >= self.packet_samples
    }

    /// Another stream takes over: its first packet follows on what was played, whatever its timestamp.
    pub fn begin_stream(&mut self) {
        self.timeline.detach();
        self.decoder.reset();
    }

    /// Closes what is open in the graph; audio may resume later.
    pub fn end_of_input(&mut self, now: Micros, reason: EndReason) {
        self.gaps.finish(self.timeline.position(), &mut self.events);
        self.graph.end_of_input(reason);
        self.take_events();
        if let Some(sender) = &mut self.sender {
            sender.flush(now, now, &mut self.transmit);
        }
    }

    /// Forgets what waits to be sent; returns how many frames that was.
    pub fn flush_audio(&mut self) -> u32 {
        let mut frames = self.sender.as_mut().map_or(0, Sender::forget);
        for place in 0..self.graph.host_count() {
            let Some((_, host)) = self.graph.host(place) else {
                continue;
            };
            let length = host.output_format().map_or(1, Format::frame_samples);
            frames += host.flush().div_ceil(length) as u32;
        }
        frames
    }

    /// Events that did not fit, here or in the graph.
    pub fn events_dropped(&self) -> u64 {
        self.events.dropped() + self.graph.events_dropped()
    }

    /// Frames of tapped nodes, and for nodes outside, that nobody took in time.
    pub fn audio_frames_dropped(&self) -> u64 {
        self.graph.tapped_frames_dropped() + self.hosts.dropped()
    }

    /// Media played so far.
    pub fn media_time(&self) -> MediaTime {
        MediaTime::from_samples(self.timeline.position(), Format::VOICE.sample_rate)
    }

    /// Fills the `gap` samples in front of a packet. As many packets as are `missing` were lost; where
    /// the gap is longer than they can have been, nothing was sent (discontinuous transmission).
    fn fill(&mut self, moment: Moment, gap: i64, missing: u32, next: &[u8]) {
        let lost = gap.min(i64::from(missing) * self.packet_samples as i64);
        let restorable = if missing > 0 {
            self.decoder.fec_samples(next)
        } else {
            0
        };
        let restored = if restorable as i64 <= lost {
            restorable
        } else {
            0
        };
        self.conceal(moment, lost - restored as i64, GapCause::Loss);
        self.silence(moment, gap - lost, GapCause::Dtx);
        if restored > 0 {
            match self.decoder.decode_fec(next, &mut self.pcm[..restored]) {
                Ok(samples) if samples == restored => {
                    self.stats.frames_fec += 1;
                    self.heard(moment, samples);
                }
                _ => self.conceal(moment, restored as i64, GapCause::Loss),
            }
        }
    }

    fn conceal(&mut self, moment: Moment, samples: i64, cause: GapCause) {
        let mut left = samples.min(MAX_CONCEALMENT) as usize / CONCEALMENT_UNIT * CONCEALMENT_UNIT;
        let silent = samples - left as i64;
        while left > 0 {
            let frame = left.min(CONCEALMENT_FRAME);
            if self.decoder.conceal(&mut self.pcm[..frame]) != Ok(frame) {
                self.silence(moment, left as i64, cause);
                break;
            }
            left -= frame;
            self.stats.frames_concealed += 1;
            self.stats.samples_concealed += frame as u64;
            self.filled(moment, frame, (cause, GapFill::Concealment));
        }
        self.silence(moment, silent, cause);
    }

    fn silence(&mut self, moment: Moment, samples: i64, cause: GapCause) {
        let mut left = samples.max(0) as usize;
        self.stats.samples_silence += left as u64;
        while left > 0 {
            let stretch = left.min(MAX_PACKET_SAMPLES);
            left -= stretch;
            self.pcm[..stretch].fill(0.0);
            self.filled(moment, stretch, (cause, GapFill::Silence));
        }
    }

    /// Jumps over a pause: the timeline goes on, no audio is made for it. A frame that was begun is
    /// completed with silence.
    fn skip(&mut self, moment: Moment, gap: i64) {
        let start = self.timeline.position();
        let padding = self.framer.missing();
        self.stats.samples_skipped += (gap - padding as i64) as u64;
        self.stats.samples_silence += padding as u64;
        let pause = (GapCause::Pause, GapFill::Nothing);
        self.gaps.extend(start, gap, pause, &mut self.events);
        self.pcm[..padding].fill(0.0);
        self.run(moment, padding);
        self.timeline.advance(gap as usize - padding);
        self.framer.jump(self.timeline.position());
        self.decoder.reset();
    }

    /// The first `samples` of `pcm` are audio as sent.
    fn heard(&mut self, moment: Moment, samples: usize) {
        self.gaps.finish(self.timeline.position(), &mut self.events);
        self.run(moment, samples);
    }

    /// The first `samples` of `pcm` stand in for audio that is missing.
    fn filled(&mut self, moment: Moment, samples: usize, how: (GapCause, GapFill)) {
        let start = self.timeline.position();
        self.gaps
            .extend(start, samples as i64, how, &mut self.events);
        self.run(moment, samples);
    }

    /// Frames the first `samples` of `pcm`, runs each full frame through the graph and sends the result.
    fn run(&mut self, moment: Moment, samples: usize) {
        let mut taken = 0;
        while taken < samples {
            taken += self.framer.fill(&self.pcm[taken..samples]);
            let Some((position, frame)) = self.framer.full_frame() else {
                break;
            };
            let time = MediaTime::from_samples(position, Format::VOICE.sample_rate);
            let arrival = self.arrival.take().map(Micros::to_media_time);
            self.graph.process_received(time, arrival, frame);
            self.hosts.collect(&mut self.graph);
            if let (Some(sender), Some(output)) = (&mut self.sender, self.graph.output()) {
                let Moment { now, arrival } = moment;
                sender.push(now, position, output, arrival, &mut self.transmit);
            }
            self.framer.advance();
            self.take_events();
        }
        self.timeline.advance(samples);
    }

    fn take_events(&mut self) {
        for event in self.graph.drain_events() {
            self.events.push(event);
        }
    }
}
