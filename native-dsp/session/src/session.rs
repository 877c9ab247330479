//! One media session: the life of a frame, from an RTP packet to an RTP packet.
//!
//! The session does no I/O and has no clock. The caller gives it every packet and the time, then takes
//! out all that is ready ([`poll_transmit`](MediaSession::poll_transmit) until `None`,
//! [`drain_events`](MediaSession::drain_events)), and comes back with a packet, or with
//! [`handle_timeout`](MediaSession::handle_timeout) at the [`deadline`](MediaSession::deadline).
//! The same packets at the same times give the same audio, bit for bit.

use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::format::Format;
use remotemedia_core::graph::{Graph, NodeFailure};

use crate::codec::{AudioDecoder, AudioEncoder, EncoderConfig};
use crate::config::SessionConfig;
use crate::error::SessionError;
use crate::intake::{Admitted, Continuity, Intake};
use crate::patience::Patience;
use crate::playout::Playout;
use crate::reorder::{Content, ReorderRing};
use crate::reports::Reports;
use crate::rtcp;
use crate::rtcp::RtcpItem;
use crate::sender::Sender;
use crate::stats::SessionStats;
use crate::time::Micros;
use crate::transmit::Transmit;

/// Owns everything that one session's media needs. All memory is taken when it is made.
pub struct MediaSession {
    config: SessionConfig,
    intake: Intake,
    ring: ReorderRing,
    patience: Patience,
    /// Packets given up that no played packet has accounted for yet.
    unaccounted: u32,
    pub(crate) playout: Playout,
    reports: Reports,
    /// When the last packet came; `None` while no end of input is due.
    heard_at: Option<Micros>,
}

impl MediaSession {
    /// A session around a graph that was compiled for [`Format::VOICE`].
    #[cfg(feature = "libopus")]
    pub fn new(config: SessionConfig, graph: Graph) -> Result<Self, SessionError> {
        let decoder = crate::opus::OpusDecoder::new(config.concealment)?;
        Self::with_decoder(config, graph, Box::new(decoder))
    }

    /// A session with another decoder than libopus.
    #[cfg(feature = "libopus")]
    pub fn with_decoder(
        config: SessionConfig,
        graph: Graph,
        decoder: Box<dyn AudioDecoder>,
    ) -> Result<Self, SessionError> {
        Self::with_codecs(config, graph, decoder, |format, config| {
            let encoder =
                crate::opus::OpusEncoder::new(format.sample_rate, format.channels, config)?;
            Ok(Box::new(encoder))
        })
    }

    /// A session with codecs of the caller's. `make_encoder` is called once, if there is audio to send,
    /// with its format: one that Opus takes.
    pub fn with_codecs(
        config: SessionConfig,
        graph: Graph,
        decoder: Box<dyn AudioDecoder>,
        make_encoder: impl FnOnce(Format, EncoderConfig) -> Result<Box<dyn AudioEncoder>, SessionError>,
    ) -> Result<Self, SessionError> {
        SessionError::check_input(graph.input_format())?;
        let sender = match graph.output_format().filter(|_| config.send) {
            Some(format) => {
                SessionError::check_output(format)?;
                let encoder = make_encoder(format, config.encoder)?;
                Some(Sender::new(format, encoder, &config))
            }
            None => None,
        };
        Ok(Self {
            reports: Reports::new(&config),
            config,
            intake: Intake::default(),
            ring: ReorderRing::default(),
            patience: Patience::default(),
            unaccounted: 0,
            playout: Playout::new(graph, decoder, sender),
            heard_at: None,
        })
    }

    /// Takes one decrypted RTP packet that came at `now`. What it may hold is up to the peer: what makes
    /// no sense is counted and dropped.
    pub fn handle_rtp(&mut self, now: Micros, packet: &[u8]) {
        if self.failure().is_some() {
            return;
        }
        let stats = &mut self.playout.stats;
        let Some(packet) = self.intake.admit(now, packet, &self.config, stats) else {
            return;
        };
        self.heard_at = Some(now);
        self.reports.start(now);
        self.join(now, &packet);
        if self.ring.is_late(packet.sequence) {
            self.playout.stats.packets_late += 1;
            if let Some(lateness) = self.ring.lateness(packet.sequence, now) {
                self.patience.late_by(lateness);
            }
            return;
        }
        self.make_room(now, packet.sequence);
        self.store(now, &packet);
        self.release(now, Wait::ForHoles);
    }

    /// A packet of another numbering ends the former one, whatever is still missing of it.
    fn join(&mut self, now: Micros, packet: &Admitted<'_>) {
        if packet.continuity != Continuity::Continues {
            self.release(now, Wait::ForNothing);
            self.ring.clear();
            self.unaccounted = 0;
        }
        if packet.continuity == Continuity::NewStream {
            self.playout.begin_stream();
        }
    }

    /// A packet from further ahead than the ring reaches shows that what is missing will not come.
    fn make_room(&mut self, now: Micros, sequence: i64) {
        if self.ring.is_beyond(sequence) {
            self.release(now, Wait::ForNothing);
        }
        if self.ring.is_beyond(sequence) {
            let skipped = self.ring.skip_to(sequence);
            self.unaccounted = self.unaccounted.saturating_add(skipped);
        }
    }

    /// Puts a packet in its place, and the copies it carries where their originals are missing.
    fn store(&mut self, now: Micros, packet: &Admitted<'_>) {
        let content = match packet.audio {
            [] => Content::Nothing,
            _ => Content::Audio,
        };
        let Admitted {
            sequence,
            timestamp,
            audio,
            ..
        } = *packet;
        match self.ring.insert(sequence, content, timestamp, now, audio) {
            Some(lateness) => self.patience.late_by(lateness),
            None => self.patience.in_order(),
        }
        for (sequence, timestamp, block) in packet.copies() {
            let is_audio = block.payload_type == self.config.payload_type_opus;
            if is_audio && !block.payload.is_empty() && self.ring.has_place_for(sequence, timestamp)
            {
                let copy = Content::Copy;
                self.ring
                    .insert(sequence, copy, timestamp, now, block.payload);
            }
        }
    }

    /// Plays what is in order, and what lies behind a hole that is not worth waiting for any longer.
    fn release(&mut self, now: Micros, wait: Wait) {
        let patience = self.patience.bound(self.intake.jitter());
        while let Some(next) = self.ring.peek() {
            let is_worth_waiting = wait == Wait::ForHoles
                && next.missing > 0
                && now < next.noticed + patience
                && !(next.missing == 1 && self.playout.can_restore_before(next.held));
            if is_worth_waiting {
                return;
            }
            self.unaccounted = self.unaccounted.saturating_add(next.missing);
            if next.held.content != Content::Nothing
                && self.playout.play(now, next.held, self.unaccounted)
            {
                self.unaccounted = 0;
            }
            self.ring.advance();
        }
    }

    /// Takes one decrypted RTCP packet that came at `now`: a compound, or a single report.
    pub fn handle_rtcp(&mut self, now: Micros, packet: &[u8]) {
        if self.failure().is_some() {
            return;
        }
        let mut ended = false;
        let outcome = rtcp::parse(packet, |item| match item {
            RtcpItem::SenderReport { ssrc, ntp } => {
                if let Some(reception) = self.intake.reception().filter(|r| r.ssrc() == ssrc) {
                    reception.sender_report(ntp, now);
                }
            }
            RtcpItem::Report(block) if block.ssrc == self.config.send_ssrc => {
                let percent = self.reports.feedback(&block, now);
                if let (Some(percent), Some(sender)) = (percent, &mut self.playout.sender) {
                    sender.set_packet_loss_percent(percent);
                }
            }
            RtcpItem::Report(_) => {}
            RtcpItem::Goodbye { ssrc } => {
                ended |= self.intake.reception().is_some_and(|r| r.ssrc() == ssrc);
            }
        });
        self.playout.stats.rtcp_malformed += u64::from(outcome.is_err());
        if ended {
            self.end_input(now, EndReason::TrackEnded);
        }
    }

    /// Does what is due at `now`; harmless when nothing is.
    pub fn handle_timeout(&mut self, now: Micros) {
        if self.failure().is_some() {
            return;
        }
        self.release(now, Wait::ForHoles);
        if self.inactive_at().is_some_and(|at| now >= at) {
            self.end_input(now, EndReason::PacketTimeout);
        }
        if self.reports.is_due(now) {
            let reception = self.intake.reception();
            let Playout {
                sender, transmit, ..
            } = &mut self.playout;
            self.reports
                .send(now, sender.as_ref(), reception, &self.config, transmit);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) must be called if nothing else happens before.
    pub fn deadline(&self) -> Option<Micros> {
        if self.failure().is_some() {
            return None;
        }
        let hole = self.ring.peek().filter(|next| next.missing > 0);
        let patience = self.patience.bound(self.intake.jitter());
        [
            hole.map(|next| next.noticed + patience),
            self.inactive_at(),
            self.reports.due(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The input has paused or ended: the track was muted or removed. All that came is played, and what
    /// is open (speech, an utterance) is closed with this reason. A later packet resumes the session.
    pub fn end_input(&mut self, now: Micros, reason: EndReason) {
        if self.failure().is_some() {
            return;
        }
        self.release(now, Wait::ForNothing);
        self.playout.end_of_input(now, reason);
        self.heard_at = None;
    }

    /// Writes the next packet to protect and send; `buffer` should have room for
    /// [`MAX_PACKET`](crate::MAX_PACKET) bytes. Call until `None` after every other call.
    pub fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<Transmit> {
        self.playout.transmit.pop(buffer)
    }

    /// Takes out what was noticed, oldest first.
    pub fn drain_events(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.playout.events.drain()
    }

    /// A node has failed whose policy is to end the session. The session does nothing more.
    pub fn failure(&self) -> Option<&NodeFailure> {
        self.playout.graph.failure()
    }

    /// The graph, for its plan and the names of its nodes.
    pub fn graph(&self) -> &Graph {
        &self.playout.graph
    }

    /// A snapshot of all counters.
    pub fn stats(&self) -> SessionStats {
        let jitter = self.intake.jitter();
        SessionStats {
            packets_lost: self.intake.packets_lost(),
            jitter_ms: jitter.to_ms(),
            reorder_wait_ms: self.patience.bound(jitter).to_ms(),
            round_trip_ms: self.reports.round_trip_ms(),
            remote_fraction_lost: self.reports.remote_fraction_lost(),
            packets_sent: self.playout.sender.as_ref().map_or(0, Sender::packets),
            packets_dropped: self.playout.transmit.dropped(),
            events_dropped: self.playout.events_dropped(),
            audio_frames_dropped: self.playout.audio_frames_dropped(),
            media_time_ms: self.playout.media_time().to_ms(),
            ..self.playout.stats
        }
    }

    fn inactive_at(&self) -> Option<Micros> {
        self.heard_at.map(|at| at + self.config.inactivity())
    }
}

/// Whether holes are waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    ForHoles,
    ForNothing,
}

// A session moves to the media thread that owns it.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<MediaSession>();
};
