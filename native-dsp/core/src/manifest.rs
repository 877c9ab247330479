mod text;
pub use text::LONGEST_TEXT_BYTES;
