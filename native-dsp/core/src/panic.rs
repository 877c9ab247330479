//! What a panicking node says.

use std::any::Any;

/// The message of a panic.
pub(crate) fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "the node panicked without a message".into())
}
