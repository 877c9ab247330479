//! Nodes are told when packets came: what they make of a network.

mod common;

use common::ramp::{packet, session};
use common::{Dice, Packet, config, graph, run, stream};
use remotemedia_core::alert::{Alert, conditions};
use remotemedia_session::Micros;

/// Seconds of a scenario, in packets of 20 ms.
const SECONDS: usize = 20;

/// Every alert that was ever raised for these packets.
fn alerts(packets: &[Packet]) -> Vec<Alert> {
    let monitors = "version: v1\nnodes: [{id: t, node_type: TimingDriftNode}, {id: h, node_type: HealthEmitterNode}]";
    let mut session = session(config(), graph(monitors));
    let outcome = run(
        &mut session,
        packets,
        Micros::from_ms(1_000 * SECONDS as u64),
        |_| (),
    );
    let said = outcome
        .events
        .iter()
        .flat_map(|event| conditions(&event.kind));
    let mut alerts: Vec<Alert> = said.filter(|it| it.holds).map(|it| it.alert).collect();
    alerts.sort_by_key(|alert| *alert as usize);
    alerts.dedup();
    alerts
}

/// A stream whose packet of second `s` comes as many ms late as `delay_ms` says; those it says nothing of are lost.
fn delayed(mut delay_ms: impl FnMut(f64) -> Option<f64>) -> Vec<Packet> {
    let packets = stream(SECONDS * 50, (65_500, u32::MAX - 48_000), packet);
    let packets = packets.into_iter().enumerate();
    packets
        .filter_map(|(n, mut packet)| {
            let delay_ms = delay_ms(n as f64 / 50.0)?;
            packet.at = packet.sent + Micros((1_000.0 * delay_ms) as u64);
            Some(packet)
        })
        .collect()
}

#[test]
fn a_clean_stream_raises_nothing_nor_do_loss_and_packets_out_of_order() {
    assert_eq!(alerts(&delayed(|_| Some(30.0))), []);
    let mut dice = Dice::new(1);
    let lossy = delayed(|_| (!dice.chance(10)).then_some(30.0));
    assert_eq!(alerts(&lossy), []);
    let swapped = delayed(|s| {
        Some(if (s * 50.0).round() as i64 % 25 == 0 {
            45.0
        } else {
            20.0
        })
    });
    assert_eq!(alerts(&swapped), []);
}

#[test]
fn a_clock_that_runs_away_and_a_longer_way_are_told_apart() {
    let drifting = alerts(&delayed(|s| Some(8.0 * s)));
    assert!(drifting.contains(&Alert::Drift), "{drifting:?}");
    assert!(!drifting.contains(&Alert::LeadJump), "{drifting:?}");
    let rerouted = alerts(&delayed(|s| Some(if s < 8.0 { 20.0 } else { 170.0 })));
    assert!(rerouted.contains(&Alert::LeadJump), "{rerouted:?}");
    assert!(!rerouted.contains(&Alert::Drift), "{rerouted:?}");
}

#[test]
fn packets_that_wait_at_random_are_jitter() {
    let mut dice = Dice::new(2);
    let waiting = alerts(&delayed(|_| Some(dice.below(250) as f64)));
    assert!(waiting.contains(&Alert::Jitter), "{waiting:?}");
    assert!(waiting.contains(&Alert::UnstableCadence), "{waiting:?}");
}

#[test]
fn discontinuous_transmission_is_no_fault() {
    // In silence a packet every 400 ms, without holes in the numbering.
    let mut packets = delayed(|_| Some(20.0));
    let mut kept = 0;
    packets.retain_mut(|packet| {
        let n = packet.sent.0 / 20_000;
        let is_sent = !(200..700).contains(&n) || n % 20 == 0;
        packet.header.sequence = 65_500u16.wrapping_add(kept);
        kept += u16::from(is_sent);
        is_sent
    });
    assert_eq!(packets.len(), 525);
    assert_eq!(alerts(&packets), []);
}
