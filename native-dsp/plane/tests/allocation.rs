//! No allocation on a media thread once a session runs: from the socket through SRTP, codec and graph, and
//! back to the socket.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::format::Format;
use remotemedia_core::graph::{Graph, NodeState, Tapped};
use remotemedia_core::manifest::Manifest;
use remotemedia_plane::srtp::Profile;
use remotemedia_plane::{Batch, Media, Plane, monotonic_ns};
use remotemedia_session::{
    HostFrame, HostPlace, MediaSession, Micros, SessionConfig, SessionStats, Transmit,
};
use support::{Peer, bursts, plane, stun, until};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A session that tells how often its media thread has allocated so far.
struct Watched {
    session: MediaSession,
    allocations: Arc<AtomicUsize>,
}

impl Media for Watched {
    fn handle_rtp(&mut self, now: Micros, packet: &[u8]) {
        self.session.handle_rtp(now, packet);
    }

    fn handle_rtcp(&mut self, now: Micros, packet: &[u8]) {
        self.session.handle_rtcp(now, packet);
    }

    fn handle_timeout(&mut self, now: Micros) {
        self.session.handle_timeout(now);
    }

    fn end_input(&mut self, now: Micros, reason: EndReason) {
        self.session.end_input(now, reason);
    }

    fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<Transmit> {
        self.session.poll_transmit(buffer)
    }

    fn drain_events(&mut self, sink: &mut dyn FnMut(Event)) {
        self.session.drain_events().for_each(sink);
    }

    fn deadline(&self) -> Option<Micros> {
        self.session.deadline()
    }

    fn failure(&self) -> Option<String> {
        Media::failure(&self.session)
    }

    /// The last that the plane asks for after a packet.
    fn stats(&self) -> SessionStats {
        self.allocations.store(ALLOCATIONS.get(), Relaxed);
        self.session.stats()
    }

    fn set_node_state(&mut self, node_id: &str, state: NodeState) {
        self.session.set_node_state(node_id, state).unwrap();
    }

    fn set_tap(&mut self, node_id: &str, is_tapped: bool) {
        self.session.set_tap(node_id, is_tapped).unwrap();
    }

    fn drain_taps(&mut self, sink: &mut dyn FnMut(Tapped<'_>)) {
        self.session.drain_taps(sink);
    }

    fn hosts(&self) -> &[HostPlace] {
        self.session.hosts()
    }

    fn drain_host_frames(&mut self, sink: &mut dyn FnMut(HostFrame<'_>)) {
        self.session.drain_host_frames(sink);
    }

    fn give_host_audio(&mut self, host: usize, position: Option<i64>, planes: &[f32]) {
        self.session.give_host_audio(host, position, planes);
    }

    fn host_room(&mut self, host: usize) -> usize {
        self.session.host_room(host)
    }

    fn host_backlog(&mut self, host: usize) -> (usize, u64) {
        self.session.host_backlog(host)
    }
}

/// The default chain, a node outside that answers for every frame, and one that speaks.
const CHAIN: &str = "
version: v1
nodes:
  - { id: highpass, node_type: HighPassNode }
  - { id: denoise, node_type: DenoiseNode }
  - { id: agc, node_type: AgcNode }
  - { id: vad, node_type: SileroVADNode }
  - { id: level, node_type: AudioLevelNode }
  - { id: effect, node_type: Effect, executor: javascript, takes: [audio], gives: [audio] }
  - { id: voice, node_type: Voice, executor: javascript, gives: [audio] }
  - { id: sum, node_type: PassThrough, is_output_node: true }
connections:
  - { from: highpass, to: denoise }
  - { from: denoise, to: agc }
  - { from: highpass, to: vad }
  - { from: agc, to: level }
  - { from: agc, to: effect }
  - { from: effect, to: sum }
  - { from: voice, to: sum }
";
const EFFECT: usize = 0;
const VOICE: usize = 1;

fn chain() -> MediaSession {
    let manifest = Manifest::parse(CHAIN).unwrap();
    let mut graph = Graph::compile_hosted(&manifest, Format::VOICE).unwrap();
    graph.measure(monotonic_ns);
    MediaSession::new(SessionConfig::default(), graph).unwrap()
}

/// Answers every frame, and says something every now and then.
fn answer(plane: &mut Plane, batch: &Batch) -> usize {
    for (handle, header, frame) in &batch.hosted {
        let position = Some(header.position);
        plane
            .give_host_audio(*handle, EFFECT, position, frame)
            .unwrap();
        if header.position % 4800 == 0 {
            plane
                .give_host_audio(*handle, VOICE, None, &[0.1; 2400])
                .unwrap();
        }
    }
    batch.hosted.len()
}

#[test]
fn after_the_first_second_a_media_thread_allocates_nothing() {
    let allocations = Arc::<AtomicUsize>::default();
    let media = Watched {
        session: chain(),
        allocations: allocations.clone(),
    };
    let mut plane = plane(1);
    let mut peer = Peer::with(&mut plane, 0, Profile::AeadAes128Gcm, Box::new(media));
    let mut before = 0;
    // A node is listened in on, another one has been switched off.
    plane.tap(peer.handle, "denoise", true).unwrap();
    let bypass = NodeState::Bypass;
    plane.set_node_state(peer.handle, "agc", bypass).unwrap();
    let (mut events, mut tapped, mut hosted) = (0, 0, 0);
    for (at, payload) in bursts(250).iter().enumerate() {
        if at == 50 {
            before = allocations.load(Relaxed);
        }
        // STUN goes up, a replay and garbage are refused, and one packet in fifty is lost.
        peer.socket.send(&stun(0x0001, "peer0:them")).unwrap();
        let packet = peer.packet(payload);
        if at % 50 == 49 {
            continue;
        }
        peer.socket.send(&packet).unwrap();
        peer.socket.send(&packet).unwrap();
        peer.socket.send(&packet[..20]).unwrap();
        let sent = at - at / 50 + 1;
        until(|| {
            let batch = plane.drain();
            events += batch.events.len();
            tapped += batch.tapped.len();
            hosted += answer(&mut plane, &batch);
            let received = plane
                .session_report(peer.handle)
                .unwrap()
                .media
                .packets_received;
            (received as usize >= sent).then_some(())
        });
    }
    // The last hole is waited for, all the longer since packets come faster here than they were spoken.
    let stats = until(|| {
        events += plane.drain().events.len();
        let stats = plane.session_report(peer.handle).unwrap().media;
        (stats.packets_sent > 200).then_some(stats)
    });
    assert!(
        events > 20 && stats.packets_sent > 200 && stats.frames_concealed + stats.frames_fec > 0,
        "{events} events, {stats:?}"
    );
    assert!(tapped > 300, "{tapped} tapped frames");
    assert!(hosted > 300, "{hosted} frames for the node outside");
    assert!(before > 0, "the thread is watched");
    assert_eq!(allocations.load(Relaxed) - before, 0);
}
