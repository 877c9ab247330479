//! Sessions over a bad network: seeded, without sockets, from every wrap. Media time stays exact.

mod common;

use common::ramp::{check_last_frame, packet, packet_with_fec, play, session};
use common::{Dice, FRAME, Packet, assert_media_is_exact, config, echo, origins, run, stream};
use remotemedia_core::event::EndReason;
use remotemedia_session::{MediaSession, Micros};

const fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

/// Long enough for everything that still waits, too short for a timeout of the input.
fn after(packets: &[Packet]) -> Micros {
    packets.iter().map(|packet| packet.at).max().unwrap() + ms(100)
}

fn media(session: &MediaSession) -> i64 {
    (session.stats().media_time_ms * 48.0).round() as i64
}

#[test]
fn on_a_clean_link_every_packet_is_answered_the_moment_it_arrives() {
    for origin in origins() {
        let packets = stream(500, origin, packet);
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        assert_eq!(media(&session), 500 * FRAME);
        assert!(outcome.events.is_empty());
        let audio: Vec<_> = outcome.audio().collect();
        assert_eq!(audio.len(), 500);
        for (n, (at, latency, header, _)) in audio.iter().enumerate() {
            assert_eq!((*at, *latency), (ms(n as u64 * 20), ms(0)));
            assert_eq!(header.sequence, n as u16);
            assert_eq!(header.timestamp, (n as i64 * FRAME) as u32);
            assert_eq!(header.marker, n == 0);
        }
    }
}

#[test]
fn one_lost_packet_in_a_hundred_costs_its_own_20_ms_and_no_delay_afterwards() {
    for origin in origins() {
        let packets = stream(1000, origin, packet);
        let lost = |n: usize| n % 100 == 50;
        let kept: Vec<_> = (0..)
            .zip(packets)
            .filter(|(n, _)| !lost(*n))
            .map(|(_, p)| p)
            .collect();
        let (session, outcome) = play(&kept, after(&kept));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!((stats.frames_decoded, stats.frames_concealed), (990, 10));
        assert_eq!(stats.packets_lost, 10);
        let expected: Vec<_> = (0..10)
            .map(|n| ("Loss Concealment".to_owned(), (n * 100 + 50) * FRAME, FRAME))
            .collect();
        assert_eq!(outcome.gaps(), expected);
        for (at, latency, header, _) in outcome.audio() {
            let sent = ms(u64::from(header.timestamp) / 48);
            let delay = at - sent;
            let since_loss = header.timestamp as usize / 960 % 100;
            assert!(delay <= ms(30), "{delay:?} on packet {since_loss}");
            assert!(latency <= ms(10));
            if !(50..=51).contains(&since_loss) {
                assert_eq!(delay, ms(0), "packet {since_loss}");
            }
        }
    }
}

#[test]
fn a_packet_that_restores_its_predecessor_is_not_made_to_wait() {
    for origin in origins() {
        let mut packets = stream(200, origin, packet_with_fec);
        packets.remove(100);
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!((stats.frames_fec, stats.frames_concealed), (1, 0));
        assert!(outcome.events.is_empty());
        assert!(outcome.audio().all(|(_, latency, ..)| latency == ms(0)));
    }
}

#[test]
fn of_a_burst_the_last_packet_is_restored_and_the_others_are_concealed() {
    for origin in origins() {
        let mut packets = stream(200, origin, packet_with_fec);
        packets.drain(100..105);
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!((stats.frames_fec, stats.frames_concealed), (1, 4));
        let gap = ("Loss Concealment".to_owned(), 100 * FRAME, 4 * FRAME);
        assert_eq!(outcome.gaps(), [gap]);
    }
}

#[test]
fn reordering_is_learnt_and_then_waited_for() {
    for (seed, origin) in origins().enumerate() {
        let mut dice = Dice::new(seed as u64);
        let mut packets = stream(3000, origin, packet);
        for packet in &mut packets[1..] {
            packet.at = packet.sent + Micros(dice.below(30_000));
        }
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!(stats.packets_lost, 0);
        assert!(
            stats.packets_late <= 2,
            "{} came too late",
            stats.packets_late
        );
        assert_eq!(stats.packets_late, stats.frames_concealed);
        let waited = outcome.audio().map(|(_, latency, ..)| latency).max();
        assert!(waited < Some(ms(60)), "{waited:?}");
    }
}

#[test]
fn duplicates_are_counted_and_never_played_twice() {
    for (seed, origin) in origins().enumerate() {
        let mut dice = Dice::new(seed as u64);
        let mut packets = stream(500, origin, packet);
        for n in 0..500 {
            if dice.chance(20) {
                let mut copy = packets[n].clone();
                copy.at = copy.at + Micros(dice.below(40_000));
                packets.push(copy);
            }
        }
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!(stats.packets_duplicate, packets.len() as u64 - 500);
        assert_eq!(stats.frames_decoded, 500);
        assert_eq!(media(&session), 500 * FRAME);
    }
}

#[test]
fn after_a_stall_the_backlog_is_played_at_once_and_nothing_is_lost() {
    for origin in origins() {
        let mut packets = stream(500, origin, packet);
        for packet in &mut packets {
            if packet.at >= ms(2000) && packet.at < ms(4400) {
                packet.at = ms(4400);
            }
        }
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        assert_eq!(session.stats().frames_decoded, 500);
        assert!(outcome.events.is_empty());
        assert!(outcome.audio().all(|(_, latency, ..)| latency == ms(0)));
        let end = outcome.audio().last().unwrap().0;
        assert_eq!(end, packets[499].at);
    }
}

#[test]
fn silence_that_was_not_sent_is_silence_and_no_loss() {
    for origin in origins() {
        let mut packets = stream(300, origin, packet);
        // 400 ms are left out, and the numbering does not know it.
        packets.drain(100..120);
        for packet in &mut packets[100..] {
            packet.header.sequence = packet.header.sequence.wrapping_sub(20);
        }
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        assert_eq!(session.stats().packets_lost, 0);
        let gap = ("Dtx Silence".to_owned(), 100 * FRAME, 20 * FRAME);
        assert_eq!(outcome.gaps(), [gap]);
        assert!(outcome.audio().all(|(_, latency, ..)| latency == ms(0)));
    }
}

#[test]
fn a_long_pause_moves_the_timeline_and_makes_no_audio() {
    for origin in origins() {
        let mut packets = stream(600, origin, packet);
        packets.drain(100..400);
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        assert_eq!(media(&session), 600 * FRAME);
        let gap = ("Pause Nothing".to_owned(), 100 * FRAME, 300 * FRAME);
        assert_eq!(outcome.gaps(), [gap]);
        let audio: Vec<_> = outcome.audio().collect();
        assert_eq!(audio.len(), 300);
        let first_after = audio[100].2;
        assert!(first_after.marker);
        assert_eq!(first_after.timestamp, (400 * FRAME) as u32);
        assert_eq!(first_after.sequence, 100);
    }
}

#[test]
fn everything_at_once_still_gives_exact_media_and_the_same_run_twice() {
    for (seed, origin) in origins().enumerate() {
        let scenario = || {
            let mut dice = Dice::new(seed as u64 + 99);
            let mut packets = stream(3000, origin, |position| match position / FRAME % 3 {
                0 => packet_with_fec(position),
                _ => packet(position),
            });
            let mut burst = 0;
            let first = packets[0].clone();
            packets.retain(|_| {
                burst = match burst {
                    0 if dice.chance(3) => 1 + dice.below(4),
                    left => left.saturating_sub(1),
                };
                burst == 0
            });
            packets[0] = first;
            for n in 1..packets.len() {
                packets[n].at = packets[n].sent + Micros(dice.below(25_000));
                if dice.chance(5) {
                    let mut copy = packets[n].clone();
                    copy.at = copy.at + Micros(dice.below(300_000));
                    packets.push(copy);
                }
            }
            play(&packets, after(&packets))
        };
        let (session, outcome) = scenario();
        assert_media_is_exact(&session, &outcome);
        assert!(session.stats().frames_concealed > 50);
        assert_eq!(media(&session) / FRAME, outcome.audio().count() as i64);
        let (again, outcome_again) = scenario();
        assert_eq!(session.stats(), again.stats());
        assert_eq!(outcome.sent, outcome_again.sent);
        assert_eq!(outcome.gaps(), outcome_again.gaps());
    }
}

#[test]
fn mute_plays_what_waits_and_the_session_resumes_with_the_next_packet() {
    let mut packets = stream(400, (0, 0), packet);
    packets.remove(99);
    let (before, later) = packets.split_at(100);
    let mut session = session(config(), echo());
    // Packet 100 waits for packet 99 when the track is muted.
    run(&mut session, before, ms(2000), check_last_frame);
    assert_eq!(media(&session), 99 * FRAME);
    session.end_input(ms(2001), EndReason::Mute);
    assert_eq!(media(&session), 101 * FRAME);
    assert_eq!(session.drain_events().count(), 1, "the gap of packet 99");
    let outcome = run(&mut session, &later[100..], ms(8100), check_last_frame);
    assert_eq!(media(&session), 400 * FRAME);
    let gap = ("Pause Nothing".to_owned(), 101 * FRAME, 100 * FRAME);
    assert_eq!(outcome.gaps(), [gap]);
}

#[test]
fn half_a_second_without_a_packet_ends_the_input_once() {
    let packets = stream(10, (0, 0), packet);
    let mut session = session(config(), echo());
    let outcome = run(&mut session, &packets, ms(30_000), |_| ());
    // The last packet came at 180 ms; every other timeout is a report, on the half second.
    let others: Vec<_> = outcome
        .timeouts
        .iter()
        .filter(|at| at.0 % 500_000 != 0)
        .collect();
    assert_eq!(others, [&ms(680)]);
}

#[test]
fn another_stream_takes_over_and_the_media_time_goes_on() {
    for (sequence, timestamp) in origins() {
        let first = stream(100, (sequence, timestamp), packet);
        let mut second = stream(100, (!sequence, timestamp ^ 0x5555_5555), |position| {
            packet(position + 100 * FRAME)
        });
        for packet in &mut second {
            packet.header.ssrc = 78;
            packet.at = packet.at + ms(2000);
            packet.sent = packet.at;
        }
        // The last packets of the first stream come when the second has begun.
        let mut stray = first[99].clone();
        stray.at = ms(2045);
        let packets = [&first[..], &[stray], &second].concat();
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!(stats.frames_decoded, 200);
        assert_eq!((stats.restarts, stats.packets_refused.ssrc), (1, 1));
        assert_eq!((stats.packets_lost, media(&session)), (0, 200 * FRAME));
    }
}

#[test]
fn a_jump_of_the_numbering_is_taken_up_from_the_second_packet_on() {
    for (sequence, timestamp) in origins() {
        let mut packets = stream(200, (sequence, timestamp), packet);
        for packet in &mut packets[100..] {
            packet.header.sequence = packet.header.sequence.wrapping_add(20_000);
        }
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        let stats = session.stats();
        assert_eq!(stats.frames_decoded, 199);
        assert_eq!((stats.restarts, stats.packets_refused.sequence), (1, 1));
        assert_eq!(media(&session), 200 * FRAME);
    }
}

#[test]
fn timestamps_that_make_no_sense_are_put_after_their_predecessors() {
    let hour: u32 = 48_000 * 3600;
    for jump in [
        hour,
        hour.wrapping_neg(),
        0x8000_0000,
        0_u32.wrapping_sub(1),
    ] {
        for origin in origins() {
            let mut packets = stream(200, origin, packet);
            for packet in &mut packets[100..] {
                packet.header.timestamp = packet.header.timestamp.wrapping_add(jump);
            }
            let (session, outcome) = play(&packets, after(&packets));
            assert_media_is_exact(&session, &outcome);
            let stats = session.stats();
            assert_eq!(stats.timestamps_resynchronised, 1, "jump of {jump}");
            assert_eq!(media(&session), 200 * FRAME);
            assert!(outcome.events.is_empty());
        }
    }
}

#[test]
fn telephone_events_use_up_numbers_without_being_mistaken_for_loss() {
    let mut packets = stream(100, (0, 0), packet);
    packets[50].header.payload_type = 110;
    let (session, outcome) = play(&packets, after(&packets));
    assert_media_is_exact(&session, &outcome);
    let stats = session.stats();
    assert_eq!((stats.packets_lost, stats.frames_concealed), (0, 0));
    assert_eq!(stats.packets_refused.payload_type, 1);
    assert_eq!(
        outcome.gaps(),
        [("Dtx Silence".to_owned(), 50 * FRAME, FRAME)]
    );
}

#[test]
fn a_sender_cannot_make_us_work_faster_than_time_passes() {
    let mut packets = stream(20_000, (0, 0), packet);
    for packet in &mut packets {
        packet.at = Micros(packet.sent.0 / 100);
    }
    let mut session = session(config(), echo());
    run(&mut session, &packets, after(&packets), |_| ());
    let stats = session.stats();
    assert!(stats.packets_refused.too_fast > 15_000);
    // 4 s have passed, and 10 s may be ahead.
    assert!(stats.media_time_ms < 14_500.0, "{}", stats.media_time_ms);
}

#[test]
fn a_packet_from_far_ahead_gives_up_what_is_missing() {
    for origin in origins() {
        let mut packets = stream(400, origin, packet);
        packets.drain(101..300);
        packets.remove(99);
        let (session, outcome) = play(&packets, after(&packets));
        assert_media_is_exact(&session, &outcome);
        assert_eq!(media(&session), 400 * FRAME);
        assert_eq!(session.stats().packets_lost, 200);
    }
}
