//! Seeded runs of the `srtp` target: packets of all kinds, then with ever more damage to the input itself.

#[path = "../../fuzz/harness/srtp.rs"]
mod harness;

use harness::srtp;
use remotemedia_plane::srtp::Profile;

const ROUNDS: u64 = 300;
const STEPS: usize = 60;

/// SplitMix64: Steele, Lea and Flood 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Steps of every kind with random octets; some look like RTP or RTCP.
fn input(profile: usize, random: &mut Random) -> Vec<u8> {
    let mut data = vec![profile as u8];
    for _ in 0..STEPS {
        let length = random.below(200) as u16;
        data.push(random.next() as u8);
        data.extend(&random.next().to_be_bytes()[..2]);
        data.extend(length.to_be_bytes());
        data.extend((0..length).map(|at| match at {
            0 if random.below(2) == 0 => 0x80,
            _ => random.next() as u8,
        }));
    }
    data
}

#[test]
fn srtp_opens_what_the_key_protected_once_and_nothing_else() {
    for (at, profile) in Profile::ALL.iter().enumerate() {
        let (mut opened, mut refused) = (0, 0);
        for round in 0..ROUNDS {
            let mut random = Random(round);
            let mut data = input(at, &mut random);
            // Damage to lengths shifts everything behind them.
            for _ in 0..round / 30 {
                let place = random.below(data.len() - 1) + 1;
                data[place] = random.next() as u8;
            }
            let tally = srtp(&data);
            opened += tally.opened;
            refused += tally.refused;
        }
        let least = ROUNDS as usize * STEPS / 10;
        assert!(
            opened > least && refused > least,
            "{profile:?}: {opened} opened, {refused} refused"
        );
    }
}
