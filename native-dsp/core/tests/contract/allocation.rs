//! Counts what a piece of code allocates and frees, on its own thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use remotemedia_core::event::Event;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static FREES: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the counters are plain cells without a
// destructor, so touching them neither allocates nor fails while a thread ends.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        FREES.set(FREES.get() + 1);
        // SAFETY: as promised by our caller.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by our caller.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How often `work` allocated.
pub fn allocations_of(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// The allocations that the payload of an event was made of: what is freed with it. None where it may carry none.
pub fn payload_allocations(event: Event) -> u64 {
    let carries_payload = event.kind.carries_payload();
    let before = FREES.get();
    drop(event);
    if carries_payload {
        FREES.get() - before
    } else {
        0
    }
}

#[test]
fn an_allocation_is_counted() {
    let count = allocations_of(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!(count, 1);
    assert_eq!(allocations_of(|| {}), 0);
}

#[test]
fn a_payload_counts_as_often_as_it_allocated_and_no_other_event_does() {
    use remotemedia_core::event::{EventKind, Spectrum};
    use remotemedia_core::time::MediaTime;
    let event = |kind| Event {
        node: 0,
        time: MediaTime::ZERO,
        detected: MediaTime::ZERO,
        internal: false,
        kind,
    };
    let mut spectrum = None;
    let count = allocations_of(|| {
        spectrum = Some(EventKind::Spectrum(Box::new(Spectrum {
            min_hz: 50.0,
            max_hz: 100.0,
            bands_dbfs: vec![0.0; 8],
        })));
    });
    assert_eq!(
        (count, payload_allocations(event(spectrum.expect("made")))),
        (2, 2)
    );
    let message = EventKind::NodeError {
        code: "",
        message: "it failed".to_owned(),
        policy: "",
    };
    assert_eq!(payload_allocations(event(message)), 0);
}
