//! SRTP by criterion: a packet protected, and opened again: `cargo bench -p remotemedia-plane`. A name says, behind a colon,
//! what one call covers.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use remotemedia_plane::srtp::{Inbound, MAX_OVERHEAD, MasterKeys, Outbound, Profile};

const KEY: [u8; 32] = [7; 32];
const SALT: [u8; 14] = [9; 14];
const PAYLOAD: usize = 160;
const PACKET: usize = 12 + PAYLOAD;

fn srtp(criterion: &mut Criterion) {
    for profile in [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80] {
        let (key, salt) = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
        let master = MasterKeys::new(profile, key, salt).expect("lengths fit");
        let (mut outbound, mut inbound) = (Outbound::new(&master), Inbound::new(&master));
        let mut sequence = 0u16;
        let name =
            format!("SRTP protect and open, {profile:?}: a packet with {PAYLOAD} bytes of audio");
        criterion.bench_function(&name, |bencher| {
            // A sequence number may be used once: every packet is the next one.
            let next = || {
                let mut packet = [0; PACKET + MAX_OVERHEAD];
                packet[0] = 0x80;
                packet[2..4].copy_from_slice(&sequence.to_be_bytes());
                sequence = sequence.wrapping_add(1);
                packet
            };
            let work = |mut packet: [u8; PACKET + MAX_OVERHEAD]| {
                let length = outbound
                    .protect_rtp(&mut packet, PACKET)
                    .expect("in sequence");
                black_box(inbound.open_rtp(&mut packet[..length]).expect("our key"));
            };
            bencher.iter_batched(next, work, BatchSize::SmallInput);
        });
    }
}

criterion_group!(benches, srtp);
criterion_main!(benches);
