//! Why a session cannot be made.

use remotemedia_core::format::Format;

use crate::codec::SAMPLE_RATES;

/// A mistake in what the caller asked for, with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionError {
    /// `input_format`, `output_not_encodable` or `codec_unavailable`.
    pub code: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl SessionError {
    pub(crate) fn check_input(format: Format) -> Result<(), Self> {
        if format == Format::VOICE {
            return Ok(());
        }
        Err(Self {
            code: "input_format",
            message: format!(
                "a session feeds its graph {}, but it was compiled for {format}",
                Format::VOICE
            ),
        })
    }

    pub(crate) fn check_output(format: Format) -> Result<(), Self> {
        if SAMPLE_RATES.contains(&format.sample_rate) && format.channels <= 2 {
            return Ok(());
        }
        Err(Self {
            code: "output_not_encodable",
            message: format!(
                "the pipeline's output ({format}) cannot be sent: Opus takes 8, 12, 16, 24 or 48 kHz and \
                 one or two channels; resample before the output node, or open the session receive-only"
            ),
        })
    }
}

#[cfg(feature = "libopus")]
impl From<crate::opus::CreateError> for SessionError {
    fn from(error: crate::opus::CreateError) -> Self {
        Self {
            code: "codec_unavailable",
            message: error.to_string(),
        }
    }
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for SessionError {}
