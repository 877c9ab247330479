//! Texts across the border: from the host into memory that Rust takes over, and back as the reply.

use std::cell::RefCell;

thread_local! {
    static REPLY: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Memory for a text of the host, which the call that gets the text takes over.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(bytes: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; bytes].into_boxed_slice()).cast()
}

/// Memory for samples of the host, which the call that gets the samples takes over.
#[unsafe(no_mangle)]
pub extern "C" fn allocate_samples(count: usize) -> *mut f32 {
    Box::into_raw(vec![0f32; count].into_boxed_slice()).cast()
}

/// Where the text is that the last call answered with. UTF-8, `reply_bytes` long.
#[unsafe(no_mangle)]
pub extern "C" fn reply_pointer() -> *const u8 {
    REPLY.with_borrow(|reply| reply.as_ptr())
}

#[unsafe(no_mangle)]
pub extern "C" fn reply_bytes() -> usize {
    REPLY.with_borrow(String::len)
}

/// The text that the host wrote to `pointer`.
///
/// # Safety
/// `pointer` is from [`allocate`] with the same number of bytes, and was not taken before.
pub unsafe fn take(pointer: *mut u8, bytes: usize) -> String {
    // SAFETY: `allocate` made exactly this box and gave it up.
    let text = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, bytes)) };
    // The host encodes UTF-8 by `TextEncoder`, which knows nothing else.
    String::from_utf8_lossy(&text).into_owned()
}

/// The samples that the host wrote to `pointer`.
///
/// # Safety
/// `pointer` is from [`allocate_samples`] with the same count, and was not taken before.
pub unsafe fn take_samples(pointer: *mut f32, count: usize) -> Box<[f32]> {
    // SAFETY: `allocate_samples` made exactly this box and gave it up.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, count)) }
}

/// Answers the current call with a text.
pub fn reply(text: String) {
    REPLY.set(text);
}
