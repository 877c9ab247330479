//! The monitors together: silent on clean speech, and exactly right about faults that are put into it.

mod support;

use std::path::Path;

use remotemedia_core::alert::{Alert, conditions};
use remotemedia_core::block::Block;
use remotemedia_core::event::{Event, EventKind, HealthState, PresenceState};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::time::MediaTime;
use serde_json::{Value, json};
use support::{compile, run};

const STEREO: Format = Format {
    sample_rate: 48_000,
    channels: 2,
};

fn sample(input: Format) -> Graph {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join("../../configs/pipelines/stream-health.yaml");
    let text = std::fs::read_to_string(path).expect("the sample pipeline");
    let graph = Manifest::parse(&text).and_then(|manifest| Graph::compile(&manifest, input));
    graph.unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

/// The fixtures: three sentences with pauses, in quiet and in noise.
fn speech() -> Vec<f32> {
    samples(include_bytes!("../../../tests/fixtures/speech.wav"))
}

fn noisy_speech() -> Vec<f32> {
    samples(include_bytes!("../../../tests/fixtures/speech-noisy.wav"))
}

fn samples(wav: &[u8]) -> Vec<f32> {
    let samples = wav[44..].as_chunks::<2>().0.iter();
    let samples: Vec<f32> = samples
        .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0)
        .collect();
    samples[..samples.len() / 480 * 480].to_vec()
}

/// What the monitors ever complained of, pauses between sentences aside.
fn alerts(events: &[Event]) -> Vec<Alert> {
    let said = events.iter().flat_map(|event| conditions(&event.kind));
    let bad = said.filter(|it| it.holds && !it.alert.is_quiet());
    let mut alerts: Vec<Alert> = bad.map(|it| it.alert).collect();
    alerts.sort_by_key(|alert| *alert as usize);
    alerts.dedup();
    alerts
}

/// Every verdict on the session, and its issues.
fn verdicts(events: &[Event]) -> Vec<(HealthState, Vec<Alert>)> {
    let verdicts = events.iter().filter_map(|event| match event.kind {
        EventKind::SessionHealth { state, issues, .. } => Some((state, issues.iter().collect())),
        _ => None,
    });
    let mut verdicts: Vec<(HealthState, Vec<Alert>)> = verdicts.collect();
    verdicts.dedup();
    verdicts
}

fn is_conclusion(event: &&Event) -> bool {
    matches!(
        event.kind,
        EventKind::SessionHealth { .. }
            | EventKind::Incident { .. }
            | EventKind::AudioEvidence { .. }
            | EventKind::TimingDrift { .. }
            | EventKind::StreamHealth { .. }
    )
}

#[test]
fn clean_speech_comes_back_untouched_and_raises_no_alert() {
    let speech = speech();
    for (format, channels) in [
        (Format::VOICE, vec![speech.clone()]),
        (Format::VOICE, vec![noisy_speech()]),
        (STEREO, vec![speech.clone(), speech.clone()]),
    ] {
        let mut graph = sample(format);
        assert_eq!(graph.latency(), MediaTime::ZERO);
        let (output, events) = run(&mut graph, &channels);
        assert_eq!(output, channels);
        assert_eq!(alerts(&events), []);
        assert_eq!(events.iter().filter(is_conclusion).count(), 0);
    }
}

/// One fault put into the speech: what the channels become, and the alert that this must be.
fn faults() -> Vec<(&'static str, Vec<Vec<f32>>, Alert)> {
    let speech = speech();
    let with = |change: &dyn Fn(usize, f32) -> f32| -> Vec<f32> {
        let samples = speech.iter().enumerate();
        samples.map(|(n, sample)| change(n, *sample)).collect()
    };
    let loud = |_, sample: f32| (30.0 * sample).clamp(-1.0, 1.0);
    // Within the first sentence; at zero crossings nothing would be cut.
    let cut = |n, sample| {
        if (72_000..180_000).contains(&n) && n % 24_000 < 6_000 {
            0.0
        } else {
            sample
        }
    };
    let stuck = |n: usize, sample| {
        if n > 300_000 {
            speech[300_000 + n % 960]
        } else {
            sample
        }
    };
    vec![
        ("clipping", vec![with(&loud)], Alert::Clipping),
        ("dropouts", vec![with(&cut)], Alert::Dropouts),
        ("a stuck buffer", vec![with(&stuck)], Alert::Freeze),
        (
            "one side dead",
            vec![speech.clone(), vec![0.0; speech.len()]],
            Alert::DeadChannel,
        ),
        (
            "one side low",
            vec![speech.clone(), with(&|_, sample| 0.1 * sample)],
            Alert::Imbalance,
        ),
    ]
}

#[test]
fn each_fault_raises_its_own_alert_and_no_other_and_leaves_evidence() {
    for (name, channels, alert) in faults() {
        let format = Format {
            sample_rate: 48_000,
            channels: channels.len() as u8,
        };
        let (output, events) = run(&mut sample(format), &channels);
        assert_eq!(output, channels, "{name}");
        assert_eq!(alerts(&events), [alert], "{name}");
        let evidence: Vec<Alert> = events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::AudioEvidence { alert, .. } => Some(alert),
                _ => None,
            })
            .collect();
        assert!(
            !evidence.is_empty() && evidence.iter().all(|it| *it == alert),
            "{name}"
        );
        let is_incident = |event: &Event| matches!(event.kind, EventKind::Incident { .. });
        assert!(
            !events.iter().any(is_incident),
            "{name}: one fault is no incident"
        );
        let verdicts = verdicts(&events);
        let is_serious = alert != Alert::Imbalance;
        assert_eq!(!verdicts.is_empty(), is_serious, "{name}: {verdicts:?}");
        let bad = verdicts.iter().filter(|it| it.0 != HealthState::Ok);
        assert!(
            bad.into_iter().all(|it| it.1 == [alert]),
            "{name}: {verdicts:?}"
        );
    }
}

#[test]
fn long_silence_degrades_the_session_and_the_next_word_ends_it() {
    let mut sound = vec![0.0; 48_000 * 12];
    sound.extend(speech());
    let (_, events) = run(&mut sample(Format::VOICE), &[sound]);
    let verdicts = verdicts(&events);
    let expected = [
        (HealthState::Degraded, vec![Alert::Silence]),
        (HealthState::Ok, vec![]),
    ];
    assert_eq!(verdicts, expected);
}

#[test]
fn two_faults_at_once_are_an_incident() {
    let speech = speech();
    let loud: Vec<f32> = speech
        .iter()
        .map(|it| (30.0 * it).clamp(-1.0, 1.0))
        .collect();
    let (_, events) = run(&mut sample(STEREO), &[loud, vec![0.0; speech.len()]]);
    let incident = events.iter().find_map(|event| match event.kind {
        EventKind::Incident { alerts, .. } => Some(alerts.iter().collect::<Vec<Alert>>()),
        _ => None,
    });
    assert_eq!(incident, Some(vec![Alert::Clipping, Alert::DeadChannel]));
}

/// Runs the sample on speech in packets of 20 ms, each of which comes as late as `delay_ms` says of its time in s.
fn run_live(delay_ms: impl Fn(f64) -> f64) -> Vec<Event> {
    let (speech, mut graph) = (speech(), sample(Format::VOICE));
    let mut block = Block::silent(Format::VOICE);
    let mut events = Vec::new();
    for (frame, samples) in speech.chunks(480).enumerate() {
        block.channel_mut(0).copy_from_slice(samples);
        let ms = 10 * frame as i64;
        let arrival_ms = ms as f64 + delay_ms(ms as f64 / 1_000.0);
        let arrival = (ms % 20 == 0).then_some(MediaTime((arrival_ms * 705_600.0) as i64));
        graph.process_received(MediaTime::from_ms(ms), arrival, &block);
        events.extend(graph.drain_events());
    }
    events
}

#[test]
fn the_network_is_watched_where_arrival_times_are_known() {
    assert_eq!(alerts(&run_live(|_| 40.0)), []);
    let drifting = alerts(&run_live(|s| 8.0 * s));
    assert_eq!(drifting, [Alert::Drift]);
    let rerouted = alerts(&run_live(|s| if s < 6.0 { 40.0 } else { 240.0 }));
    assert_eq!(rerouted, [Alert::LeadJump, Alert::LeadShift]);
    let stalled = alerts(&run_live(|s| {
        if s < 6.0 {
            0.0
        } else {
            (6_700.0 - 1_000.0 * s).max(0.0)
        }
    }));
    assert!(stalled.contains(&Alert::Freeze), "{stalled:?}");
    assert!(!stalled.contains(&Alert::Drift), "{stalled:?}");
}

#[test]
fn monitors_without_connections_each_get_the_input() {
    let node = |id, node_type: &str| json!({"id": id, "node_type": node_type});
    let manifest = json!({
        "version": "v1",
        "nodes": [
            {"id": "level", "node_type": "AudioLevelNode", "params": {"low_volume_threshold_db": -20.0, "silence_threshold_db": -50.0}},
            {"id": "silence", "node_type": "SilenceDetectorNode", "params": {"sustained_silence_ms": 500}},
            node("clipping", "ClippingDetectorNode"),
            node("balance", "ChannelBalanceNode"),
            {"id": "health", "node_type": "HealthEmitterNode", "params": {
                "lead_threshold_ms": 50, "freeze_threshold_ms": 500, "av_skew_threshold_ms": 80, "cadence_cv_threshold": 0.3,
                "health_threshold": 0.7, "score_change_threshold": 0.05
            }},
        ],
        "connections": [],
    });
    let speech = speech();
    let mut graph = compile(&manifest, Format::VOICE);
    let (output, events) = run(&mut graph, std::slice::from_ref(&speech));
    assert_eq!(output[0], speech);
    let by_node = |node: u8| events.iter().filter(|event| event.node == node).count();
    assert_eq!(
        (by_node(0), by_node(2), by_node(3), by_node(4)),
        (140, 0, 0, 0)
    );
}

/// Two people, a channel each: who listens is silent, and they speak at once for a second.
fn conversation() -> Vec<Vec<f32>> {
    let speech = speech();
    let (first, second) = (&speech[48_000..192_000], &speech[240_000..403_200]);
    let mut left = [first, &vec![0.0; 144_000]].concat();
    let mut right = [&vec![0.0; 96_000], second].concat();
    let length = left.len().max(right.len()) + 48_000 * 4;
    left.resize(length, 0.0);
    right.resize(length, 0.0);
    vec![left, right]
}

fn contact_centre() -> Value {
    json!({
        "version": "v1",
        "nodes": [
            {"id": "level", "node_type": "AudioLevelNode"},
            {"id": "silence", "node_type": "SilenceDetectorNode"},
            {"id": "presence", "node_type": "SpeechPresenceNode"},
            {"id": "flow", "node_type": "ConversationFlowNode"},
            {"id": "health", "node_type": "SessionHealthNode"},
            {"id": "incidents", "node_type": "EventCorrelatorNode"},
        ],
        "connections": [
            {"from": "level", "to": "presence"},
            {"from": "silence", "to": "presence"},
            {"from": "presence", "to": "flow"},
            {"from": "flow", "to": "health"},
            {"from": "silence", "to": "health"},
            {"from": "presence", "to": "health"},
            {"from": "level", "to": "incidents"},
            {"from": "silence", "to": "incidents"},
            {"from": "presence", "to": "incidents"},
            {"from": "health", "to": "incidents"},
        ],
    })
}

#[test]
fn a_conversation_of_two_is_followed_through_the_whole_chain() {
    let channels = conversation();
    let (output, events) = run(&mut compile(&contact_centre(), STEREO), &channels);
    assert_eq!(output, channels);
    let states: Vec<PresenceState> = events
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::SpeechPresence { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert!(states.contains(&PresenceState::Overlap), "{states:?}");
    assert_eq!(states.last(), Some(&PresenceState::DeadAir), "{states:?}");
    let flow = events.iter().find_map(|event| match event.kind {
        EventKind::ConversationFlow {
            talk_ratios,
            turns,
            interruptions,
            ..
        } => Some((talk_ratios, turns, interruptions)),
        _ => None,
    });
    let (talk_ratios, turns, interruptions) = flow.expect("5 s of conversation");
    assert!(
        talk_ratios
            .as_slice()
            .iter()
            .all(|it| (0.3..0.7).contains(it)),
        "{talk_ratios:?}"
    );
    assert_eq!((turns, interruptions), (2, 1));
    let verdicts = verdicts(&events);
    assert!(
        verdicts.iter().all(|it| it.1 == [Alert::Silence]),
        "{verdicts:?}"
    );
}
