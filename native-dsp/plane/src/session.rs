//! One session on its media thread: SRTP around the sans-I/O session.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use remotemedia_session::{Micros, TransmitKind};

use crate::audio_link::{AudioWriter, FrameHeader};
use crate::counters::SessionCounters;
use crate::handle::Handle;
use crate::host_line::HostLine;
use crate::links::{MAX_DATAGRAM, Upward};
use crate::media::Media;
use crate::output::Output;
use crate::srtp::{Inbound, MAX_OVERHEAD, Outbound};

/// A session whose DTLS is done.
pub(crate) struct Session {
    pub handle: Handle,
    pub media: Box<dyn Media>,
    pub inbound: Inbound,
    pub outbound: Outbound,
    /// Where packets go. Only ICE, by way of JavaScript, changes it.
    pub remote: SocketAddr,
    pub local: Option<IpAddr>,
    pub counters: Arc<SessionCounters>,
    /// Once a node has been tapped, or where nodes outside hear.
    pub uplink: Option<Box<Uplink>>,
    /// Of the nodes outside, by place.
    pub hosts: Box<[HostLine]>,
}

/// Where frames go up.
pub(crate) struct Uplink {
    pub tapped: AudioWriter,
    pub hosted: AudioWriter,
}

impl Session {
    /// A datagram of the peer: open it, hand it to the session, send what comes of it.
    pub fn receive(
        &mut self,
        arrival: Micros,
        is_rtcp: bool,
        datagram: &mut [u8],
        output: &mut Output,
    ) {
        let started = output.clock.now();
        self.take_answers();
        let opened = match is_rtcp {
            true => self.inbound.open_rtcp(datagram),
            false => self.inbound.open_rtp(datagram),
        };
        match opened {
            Err(refusal) => return self.counters.refuse(refusal),
            Ok(length) if is_rtcp => self.media.handle_rtcp(arrival, &datagram[..length]),
            Ok(length) => self.media.handle_rtp(arrival, &datagram[..length]),
        }
        self.flush(output);
        if !is_rtcp {
            let micros = output.clock.now() - started;
            self.counters.processing.record(micros.0);
        }
    }

    /// Protects and sends every packet that waits, one by one: with graphs that take hundreds of
    /// microseconds a packet, holding one back for a common system call would cost more than it saves.
    pub fn flush(&mut self, output: &mut Output) {
        let mut buffer = [0; MAX_DATAGRAM];
        while let Some(transmit) = self
            .media
            .poll_transmit(&mut buffer[..MAX_DATAGRAM - MAX_OVERHEAD])
        {
            let protected = match transmit.kind {
                TransmitKind::Rtp => self.outbound.protect_rtp(&mut buffer, transmit.len),
                TransmitKind::Rtcp => self.outbound.protect_rtcp(&mut buffer, transmit.len),
            };
            let Ok(length) = protected else {
                self.counters.unprotected.increment();
                continue;
            };
            output.send(&buffer[..length], self.remote, self.local);
            if let Some(arrival) = transmit.arrival {
                let latency = output.clock.now() - arrival;
                self.counters.latency.record(latency.0);
            }
        }
        self.pass_up(output);
        for (place, line) in self.hosts.iter().enumerate() {
            line.publish(self.media.host_backlog(place));
        }
        self.counters.publish(self.media.stats());
    }

    /// What nodes outside have answered, before there is need of it.
    pub fn take_answers(&mut self) {
        for (place, line) in self.hosts.iter_mut().enumerate() {
            line.take_answers(place, self.media.as_mut());
        }
    }

    /// Throws away what waits to be sent; returns how many frames that was.
    pub fn flush_audio(&mut self) -> u32 {
        self.take_answers();
        let waiting = self.hosts.iter_mut().map(HostLine::forget_appended);
        let waiting = waiting.sum::<u32>();
        waiting + self.media.flush_audio()
    }

    /// Events, the audio of tapped nodes, and what nodes outside are to hear.
    fn pass_up(&mut self, output: &mut Output) {
        let (handle, counters) = (self.handle, &self.counters);
        self.media.drain_events(&mut |event| {
            if !output.push_up(Upward::Event(handle, event)) {
                counters.events_dropped.increment();
            }
        });
        let Some(uplink) = &mut self.uplink else {
            return;
        };
        let mut pass = |ring: &mut AudioWriter, header, planes: &[f32]| {
            output.is_wake_due = true;
            if !ring.push(header, planes) {
                counters.audio_frames_dropped.increment();
            }
        };
        self.media.drain_taps(&mut |frame| {
            let header = FrameHeader {
                node: frame.node,
                format: frame.format,
                position: frame.media_time_samples,
            };
            pass(&mut uplink.tapped, header, frame.planes);
        });
        self.media.drain_host_frames(&mut |frame| {
            let header = FrameHeader {
                node: frame.node,
                format: frame.format,
                position: frame.position,
            };
            pass(&mut uplink.hosted, header, frame.planes);
        });
    }
}
