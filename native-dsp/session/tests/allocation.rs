//! No allocation on the audio path: what a session needs, it takes when it is made.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::voice::{encode, voice};
use common::{FRAME, Packet, config, echo, stream};
use remotemedia_session::{MAX_PACKET, MediaSession, Micros};

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

#[test]
fn after_the_first_second_a_session_allocates_nothing() {
    let encoded = encode(&voice(500), 20);
    let packets: Vec<_> = stream(500, (65_300, u32::MAX - 5000), |p| {
        encoded[(p / FRAME) as usize].clone()
    });
    let bytes: Vec<_> = packets.iter().map(Packet::bytes).collect();
    let mut session = MediaSession::new(config(), echo()).unwrap();
    let mut buffer = [0; MAX_PACKET];
    let mut events = 0;
    for n in 0..packets.len() {
        if n == 50 {
            ALLOCATIONS.with(|count| count.set(0));
        }
        // Loss of one and of three in a row, a swap, duplicates, and garbage.
        let now = packets[n].at;
        match n % 50 {
            10 | 20..23 => continue,
            30 => session.handle_rtp(now, &bytes[n + 1]),
            31 => session.handle_rtp(now, &bytes[n - 1]),
            40 => session.handle_rtp(now, &bytes[n][..9]),
            _ => session.handle_rtp(now, &bytes[n]),
        }
        session.handle_rtp(now, &bytes[n]);
        session.handle_rtcp(now, &[0x80, 201, 0, 1, 0, 0, 0, 9]);
        session.handle_timeout(now + Micros::from_ms(15));
        while session.poll_transmit(&mut buffer).is_some() {}
        events += session.drain_events().count();
    }
    let allocations = ALLOCATIONS.with(Cell::get);
    assert_eq!(allocations, 0);
    let stats = session.stats();
    assert!(
        events > 0 && stats.frames_fec > 0 && stats.frames_concealed > 0,
        "{stats:?}"
    );
}
