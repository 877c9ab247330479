//! An independent implementation opens what we protect and protects what we open.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use remotemedia_plane::srtp::{Inbound, MAX_OVERHEAD, MasterKeys, Outbound, Profile};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;

const KEY: [u8; 32] = [0x5c; 32];
const SALT: [u8; 14] = [0x36; 14];

fn ours(profile: Profile) -> (Outbound, Inbound) {
    let keys = MasterKeys::new(
        profile,
        &KEY[..profile.key_len()],
        &SALT[..profile.salt_len()],
    )
    .unwrap();
    (Outbound::new(&keys), Inbound::new(&keys))
}

fn theirs(profile: Profile) -> Context {
    let name = match profile {
        Profile::Aes128CmHmacSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        Profile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        Profile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
    };
    let crypto = rtc_crypto::default_provider().expect("ring");
    let (key, salt) = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
    Context::new(key, salt, name, None, None, crypto.crypto()).unwrap()
}

/// Headers with and without contributing sources and extension.
fn rtp(sequence: u16, shape: u16) -> Vec<u8> {
    let (sources, extension) = (shape % 4, shape.is_multiple_of(3));
    let mut packet = vec![0x80 | u8::from(extension) << 4 | sources as u8, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 3, 0xc0, 1, 2, 3, 4]);
    packet.extend((0..sources).flat_map(|_| [9; 4]));
    if extension {
        packet.extend([0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0]);
    }
    packet.extend((0..shape % 200).map(|octet| octet as u8));
    packet
}

fn rtcp(words: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 201];
    packet.extend((words + 1).to_be_bytes());
    packet.extend([1, 2, 3, 4]);
    packet.extend((0..words * 4).map(|octet| octet as u8));
    packet
}

fn with_room(packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_OVERHEAD, 0);
    buffer
}

#[test]
fn both_ways_for_every_profile_and_over_the_wrap() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = ours(profile);
        let (mut protector, mut opener) = (theirs(profile), theirs(profile));
        for step in 0..3_000u16 {
            let packet = rtp(64_000u16.wrapping_add(step), step);
            let mut wire = with_room(&packet);
            let length = outbound.protect_rtp(&mut wire, packet.len()).unwrap();
            assert_eq!(
                opener.decrypt_rtp(&wire[..length]).unwrap(),
                packet,
                "{profile:?} {step}"
            );
            let mut wire = protector.encrypt_rtp(&packet).unwrap().to_vec();
            let length = inbound.open_rtp(&mut wire).unwrap();
            assert_eq!(wire[..length], packet, "{profile:?} {step}");

            let report = rtcp(step % 40);
            let mut wire = with_room(&report);
            let length = outbound.protect_rtcp(&mut wire, report.len()).unwrap();
            assert_eq!(
                opener.decrypt_rtcp(&wire[..length]).unwrap(),
                report,
                "{profile:?} {step}"
            );
            let mut wire = protector.encrypt_rtcp(&report).unwrap().to_vec();
            let length = inbound.open_rtcp(&mut wire).unwrap();
            assert_eq!(wire[..length], report, "{profile:?} {step}");
        }
    }
}

/// Why the other implementation is not what opens packets here: it keeps state for streams that were never
/// authenticated.
#[test]
fn the_other_implementation_allocates_for_every_forged_stream() {
    let mut other = theirs(Profile::AeadAes128Gcm);
    let (_, mut inbound) = ours(Profile::AeadAes128Gcm);
    let grown = |open: &mut dyn FnMut(&mut [u8])| {
        let before = HELD.get();
        for ssrc in 0..10_000u32 {
            let mut forged = rtp(1, 100);
            forged[8..12].copy_from_slice(&ssrc.to_be_bytes());
            open(&mut forged);
        }
        HELD.get() - before
    };
    let held_by_other = grown(&mut |forged| assert!(other.decrypt_rtp(forged).is_err()));
    let held_by_us = grown(&mut |forged| assert!(inbound.open_rtp(forged).is_err()));
    assert!(held_by_other > 10_000 * 32, "{held_by_other} octets");
    assert_eq!(held_by_us, 0);
}

thread_local! {
    /// Octets that this thread has allocated and not freed.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: all work is the system allocator's; only sizes are counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = HELD.try_with(|held| held.set(held.get() + layout.size() as i64));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = HELD.try_with(|held| held.set(held.get() - layout.size() as i64));
        unsafe { System.dealloc(pointer, layout) }
    }
}
