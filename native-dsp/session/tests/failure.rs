//! A session whose graph has failed does nothing more, and says why.

mod common;

use common::ramp::{packet, session};
use common::{config, graph, run, stream};
use remotemedia_core::event::EndReason;
use remotemedia_session::{MAX_PACKET, MediaSession, Micros};

const FAILS_AFTER_200_MS: &str = "
version: v1
nodes:
  - id: broken
    node_type: FaultNode
    params: {after_ms: 200}
    execution: {on_error: POLICY}";

#[test]
fn a_node_that_fails_the_session_stops_it() {
    let manifest = FAILS_AFTER_200_MS.replace("POLICY", "fail_session");
    let mut session = session(config(), graph(&manifest));
    let packets = stream(50, (0, 0), packet);
    let outcome = run(&mut session, &packets, Micros::from_ms(2000), |_| ());
    let failure = session.failure().expect("the node failed");
    assert_eq!(failure.node_id, "broken");
    assert_eq!(session.deadline(), None);
    let sent = outcome.audio().count();
    assert!((10..=11).contains(&sent), "{sent} packets");
    let before = session.stats();
    let now = Micros::from_ms(3000);
    session.handle_rtp(now, &packets[20].bytes());
    session.handle_rtcp(now, &[0]);
    session.handle_timeout(now);
    session.end_input(now, EndReason::Flush);
    assert_eq!(session.stats(), before);
    assert_eq!(session.poll_transmit(&mut [0; MAX_PACKET]), None);
}

#[test]
fn a_node_that_is_bypassed_does_not_disturb_the_session() {
    let manifest = FAILS_AFTER_200_MS.replace("POLICY", "bypass");
    let mut session = session(config(), graph(&manifest));
    let packets = stream(50, (0, 0), packet);
    let outcome = run(&mut session, &packets, Micros::from_ms(1100), |_| ());
    assert!(session.failure().is_none());
    assert_eq!(outcome.audio().count(), 50);
    assert_eq!(outcome.events.len(), 1, "the node's error");
}

#[test]
fn an_output_that_opus_does_not_take_is_refused_unless_nothing_is_sent() {
    let manifest = "
version: v1
nodes: [{id: resample, node_type: FastResampleNode, params: {target_rate: 44100}}]";
    let error = MediaSession::new(config(), graph(manifest)).err().unwrap();
    assert_eq!(error.code, "output_not_encodable");
    let mut receive_only = config();
    receive_only.send = false;
    assert!(MediaSession::new(receive_only, graph(manifest)).is_ok());
}

#[test]
fn an_output_at_16_khz_is_sent_with_timestamps_at_48_khz() {
    let manifest = "
version: v1
nodes: [{id: resample, node_type: FastResampleNode, params: {target_rate: 16000}}]";
    let mut session = session(config(), graph(manifest));
    let packets = stream(20, (0, 0), packet);
    let outcome = run(&mut session, &packets, Micros::from_ms(400), |_| ());
    let timestamps: Vec<_> = outcome.audio().map(|(.., h, _)| h.timestamp).collect();
    assert_eq!(timestamps, (0..20).map(|n| n * 960).collect::<Vec<_>>());
}
