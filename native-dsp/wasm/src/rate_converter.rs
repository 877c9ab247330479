//! The rate converter of this instance.

use std::cell::RefCell;

use remotemedia_core::offline::RateConverter;
use serde_json::json;

use crate::answer::{answer, nothing_here};
use crate::text::{reply, take};

thread_local! {
    static CONVERTER: RefCell<Option<RateConverter>> = const { RefCell::new(None) };
}

/// Makes the converter; replies with what never changes about it. The text is the quality.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn converter_create(
    from_hz: f64,
    to_hz: f64,
    channels: f64,
    pointer: *mut u8,
    bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let quality = unsafe { take(pointer, bytes) };
    answer(|| {
        let converter = RateConverter::new(from_hz, to_hz, channels, Some(&quality))?;
        let description = json!({
            "inputSamples": converter.input_samples(),
            "outputSamples": converter.output_samples(),
            "latencySamples": converter.latency_samples(),
        });
        reply(description.to_string());
        CONVERTER.set(Some(converter));
        Ok(0)
    })
}

/// Where the block goes that the next `converter_process` reads.
#[unsafe(no_mangle)]
pub extern "C" fn converter_input() -> *mut f32 {
    CONVERTER.with_borrow_mut(|converter| {
        let samples = converter.as_mut().map(RateConverter::input_mut);
        samples.map_or(std::ptr::null_mut(), <[f32]>::as_mut_ptr)
    })
}

/// Where the block is that the last `converter_process` gave.
#[unsafe(no_mangle)]
pub extern "C" fn converter_output() -> *const f32 {
    CONVERTER.with_borrow(|converter| {
        let samples = converter.as_ref().map(RateConverter::output);
        samples.map_or(std::ptr::null(), <[f32]>::as_ptr)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn converter_process() -> i32 {
    CONVERTER.with_borrow_mut(|converter| {
        answer(|| {
            converter.as_mut().ok_or_else(nothing_here)?.process();
            Ok(0)
        })
    })
}
