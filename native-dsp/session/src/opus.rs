//! Thin safe wrapper over libopus (RFC 6716), which the `opusic-sys` crate builds from source.

mod decoder;
mod encoder;

pub use decoder::OpusDecoder;
pub use encoder::OpusEncoder;

/// The library's own version, for `/version` and bug reports, such as `libopus 1.6.1`.
pub fn version() -> &'static str {
    // SAFETY: the function returns a pointer to a constant, NUL-terminated string.
    let version = unsafe { std::ffi::CStr::from_ptr(opusic_sys::opus_get_version_string()) };
    version.to_str().unwrap_or("libopus")
}

/// libopus could not make an encoder or decoder: out of memory, or an unsupported format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateError(pub i32);

impl std::fmt::Display for CreateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "libopus refused with error {}", self.0)
    }
}

impl std::error::Error for CreateError {}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bundled_library_is_linked_not_the_old_one_of_the_system() {
        assert!(
            super::version().starts_with("libopus 1.6"),
            "{}",
            super::version()
        );
    }
}
