//! What every node with a rate to choose shares: the parameter's range, and that frames hold whole samples.

use crate::format::FRAMES_PER_SECOND;
use crate::params::Params;
use crate::spec::{BuildError, ParamKind};

/// Hz, or `auto`.
pub const RATE: ParamKind = ParamKind::IntegerOrAuto {
    min: 8_000,
    max: 192_000,
};

/// The rate that parameter `name` asks for, in Hz; `auto` where it asks for none.
///
/// # Errors
/// The rate makes no whole number of samples in 10 ms.
pub fn chosen(params: &Params, name: &'static str, auto: u32) -> Result<u32, BuildError> {
    let hz = params.optional_integer(name).unwrap_or(auto.into());
    let step = i64::from(FRAMES_PER_SECOND);
    if hz % step == 0 {
        return Ok(hz as u32);
    }
    Err(BuildError {
        param: name,
        message: format!("{hz} Hz does not make a whole number of samples in 10 ms"),
        hint: format!(
            "take a multiple of {step}, such as {}",
            (hz + step / 2) / step * step
        ),
    })
}
