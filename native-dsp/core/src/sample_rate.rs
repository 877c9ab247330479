//! What every node with a rate to choose shares: the parameter's range, and that frames hold whole samples.

use crate::format::FRAMES_PER_SECOND;
use crate::params::Params;
use crate::spec::{BuildError, ParamKind};

/// Hz, or `auto`.
pub const RATE: ParamKind = ParamKind::IntegerOrAuto {
    min: 8_000,
    max: HIGHEST_HZ,
};

const HIGHEST_HZ: i64 = 192_000;

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
    // A multiple of the rate holds the same audio to the sample.
    let mut multiples = (2..=4).map(|factor| factor * hz);
    let fits = |rate: &i64| rate % step == 0 && *rate <= HIGHEST_HZ;
    let instead = multiples.find(fits);
    Err(BuildError {
        param: name,
        message: format!("{hz} Hz does not make a whole number of samples in 10 ms"),
        hint: format!(
            "take a multiple of {step}, such as {}",
            instead.unwrap_or((hz + step / 2) / step * step)
        ),
    })
}
