//! What a media thread drives: one session without I/O.

use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::graph::{NodeState, Tapped};
use remotemedia_session::{HostFrame, HostPlace, MediaSession, Micros, SessionStats, Transmit};

/// A session as the plane sees it. [`MediaSession`] is the one that the gateway runs; tests and
/// measurements of the transport alone bring their own.
///
/// After each input the plane takes all packets and events out, then asks for the failure and the deadline.
pub trait Media: Send {
    /// A decrypted RTP packet that arrived at `now`. Hostile.
    fn handle_rtp(&mut self, now: Micros, packet: &[u8]);
    /// A decrypted RTCP packet that arrived at `now`. Hostile.
    fn handle_rtcp(&mut self, now: Micros, packet: &[u8]);
    /// The deadline has passed.
    fn handle_timeout(&mut self, now: Micros);
    /// The input ended or paused.
    fn end_input(&mut self, now: Micros, reason: EndReason);
    /// Writes the next packet to protect and send into `buffer`.
    fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<Transmit>;
    /// Hands out what was noticed.
    fn drain_events(&mut self, sink: &mut dyn FnMut(Event));
    /// When to call [`Media::handle_timeout`].
    fn deadline(&self) -> Option<Micros>;
    /// Why the session cannot go on.
    fn failure(&self) -> Option<String>;
    /// The counters so far.
    fn stats(&self) -> SessionStats;

    /// Switches a node off or on. What has no nodes has nothing to do here, or in what follows.
    fn set_node_state(&mut self, _node_id: &str, _state: NodeState) {}
    /// Begins or ends to lay a node's audio by.
    fn set_tap(&mut self, _node_id: &str, _is_tapped: bool) {}
    /// Hands out what was laid by.
    fn drain_taps(&mut self, _sink: &mut dyn FnMut(Tapped<'_>)) {}
    /// Forgets the audio that waits to be sent; returns how many frames that was.
    fn flush_audio(&mut self) -> u32 {
        0
    }

    /// The nodes outside that have a place in its graph.
    fn hosts(&self) -> &[HostPlace] {
        &[]
    }
    /// Hands out what they are to hear.
    fn drain_host_frames(&mut self, _sink: &mut dyn FnMut(HostFrame<'_>)) {}
    /// Takes what one of them answers: for a position, or after what waits already.
    fn give_host_audio(&mut self, _host: usize, _position: Option<i64>, _planes: &[f32]) {}
    /// Samples per channel that one of them may append.
    fn host_room(&mut self, _host: usize) -> usize {
        0
    }
    /// Samples per channel of one of them that are still to be played, and the frames for which it was late.
    fn host_backlog(&mut self, _host: usize) -> (usize, u64) {
        (0, 0)
    }
}
impl Media for MediaSession {
    fn handle_rtp(&mut self, now: Micros, packet: &[u8]) {
        Self::handle_rtp(self, now, packet);
    }

    fn handle_rtcp(&mut self, now: Micros, packet: &[u8]) {
        Self::handle_rtcp(self, now, packet);
    }

    fn handle_timeout(&mut self, now: Micros) {
        Self::handle_timeout(self, now);
    }

    fn end_input(&mut self, now: Micros, reason: EndReason) {
        Self::end_input(self, now, reason);
    }

    fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<Transmit> {
        Self::poll_transmit(self, buffer)
    }

    fn drain_events(&mut self, sink: &mut dyn FnMut(Event)) {
        Self::drain_events(self).for_each(sink);
    }

    fn deadline(&self) -> Option<Micros> {
        Self::deadline(self)
    }

    fn failure(&self) -> Option<String> {
        Self::failure(self).map(|failure| format!("node {}: {}", failure.node_id, failure.message))
    }

    fn stats(&self) -> SessionStats {
        Self::stats(self)
    }

    // Names were checked where they came in; a node that is not there changes nothing.
    fn set_node_state(&mut self, node_id: &str, state: NodeState) {
        let _ = Self::set_node_state(self, node_id, state);
    }

    fn set_tap(&mut self, node_id: &str, is_tapped: bool) {
        let _ = Self::set_tap(self, node_id, is_tapped);
    }

    fn drain_taps(&mut self, sink: &mut dyn FnMut(Tapped<'_>)) {
        Self::drain_taps(self, sink);
    }

    fn flush_audio(&mut self) -> u32 {
        Self::flush_audio(self)
    }

    fn hosts(&self) -> &[HostPlace] {
        Self::hosts(self)
    }

    fn drain_host_frames(&mut self, sink: &mut dyn FnMut(HostFrame<'_>)) {
        Self::drain_host_frames(self, sink);
    }

    fn give_host_audio(&mut self, host: usize, position: Option<i64>, planes: &[f32]) {
        // What is not taken came too late, and is counted as that when it would have been played.
        let _ = Self::give_host_audio(self, host, position, planes);
    }

    fn host_room(&mut self, host: usize) -> usize {
        Self::host_room(self, host)
    }

    fn host_backlog(&mut self, host: usize) -> (usize, u64) {
        Self::host_backlog(self, host)
    }
}
