//! Seeded runs of the fuzz targets: sound packets, then ever more damage.

mod common;
#[path = "../../fuzz/harness/session.rs"]
mod harness;

use common::voice::{encode, voice};
use common::{Dice, FRAME, Packet, stream};

const ROUNDS: u64 = 300;

/// The input of a harness: each packet with its length and 20 ms.
fn input(packets: &[Vec<u8>]) -> Vec<u8> {
    let framed = packets.iter().flat_map(|packet| {
        let length = (packet.len() as u16).to_be_bytes();
        [&length[..], &[20], packet].concat()
    });
    framed.collect()
}

fn damage(data: &mut Vec<u8>, dice: &mut Dice, places: u64) {
    for _ in 0..dice.below(places + 1) {
        let at = dice.below(data.len() as u64) as usize;
        match dice.below(4) {
            0 => data[at] = dice.next() as u8,
            1 => data[at] ^= 1 << dice.below(8),
            2 => drop(data.drain(at..(at + 20).min(data.len() - 1))),
            _ => data.insert(at, [0, 0x7f, 0x80, 0xff][dice.below(4) as usize]),
        }
    }
}

fn try_damaged(sound: &[u8], target: fn(&[u8])) {
    target(sound);
    for round in 0..ROUNDS {
        let mut dice = Dice::new(round);
        let mut data = sound.to_vec();
        damage(&mut data, &mut dice, round / 4);
        target(&data);
    }
}

#[test]
fn rtp_admission_survives_damaged_streams() {
    let encoded = encode(&voice(60), 20);
    let packets: Vec<_> = stream(60, (65_500, u32::MAX - 9000), |p| {
        encoded[(p / FRAME) as usize].clone()
    });
    let bytes: Vec<_> = packets.iter().map(Packet::bytes).collect();
    try_damaged(&input(&bytes), harness::rtp_admission);
}

#[test]
fn rtcp_survives_damaged_reports() {
    let report = |fraction: u8| {
        let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 77, 0, 0, 0, 1, fraction];
        report.extend([0; 19]);
        report.extend([0x81, 203, 0, 1, 0, 0, 0, 77]);
        report
    };
    let reports: Vec<_> = (0..20).map(report).collect();
    try_damaged(&input(&reports), harness::rtcp);
}

#[test]
fn the_opus_wrapper_survives_damaged_packets() {
    try_damaged(&input(&encode(&voice(60), 20)), harness::opus_decode);
}
