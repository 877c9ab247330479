//! Arithmetic on the numbers of JSON: whole numbers stay whole, and exact as far as 64 bits reach.

use serde_json::Value;

use super::error::{ValueError, code};

/// Up to here every whole number has a `f64` of its own (`Number.MAX_SAFE_INTEGER` of JavaScript), so that one
/// that comes as a float is meant as it stands.
pub const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// A finite number, as the results of nodes are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Of 64 bits, signed or unsigned; results between may need more.
    Whole(i128),
    /// Anything else.
    Real(f64),
}

use Number::{Real, Whole};

impl Number {
    /// A parameter or a result. Whole numbers are recognised however they were written.
    pub fn from_f64(number: f64) -> Self {
        if number.fract() == 0.0 && number.abs() <= MOST_EXACT {
            Whole(number as i128)
        } else {
            Real(number)
        }
    }

    /// The number in a JSON value; `None` for all other kinds of values.
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Number(number) = value else {
            return None;
        };
        let whole = number.as_i64().map(i128::from);
        let whole = whole.or_else(|| number.as_u64().map(i128::from));
        match whole {
            Some(whole) => Some(Whole(whole)),
            None => number.as_f64().map(Self::from_f64),
        }
    }

    /// The number that a text such as `"12.5"` spells; `None` for other texts, infinities and NaN included.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(whole) = text.parse::<i128>().ok().filter(|whole| fits(*whole)) {
            return Some(Whole(whole));
        }
        let number = text.parse::<f64>().ok().filter(|it| it.is_finite());
        number.map(Self::from_f64)
    }

    /// The sum.
    ///
    /// # Errors
    /// `number_overflow`.
    pub fn plus(self, other: Self) -> Result<Self, ValueError> {
        exact_or(self, other, i128::checked_add, |a, b| a + b)
    }

    /// The difference.
    ///
    /// # Errors
    /// `number_overflow`.
    pub fn minus(self, other: Self) -> Result<Self, ValueError> {
        exact_or(self, other, i128::checked_sub, |a, b| a - b)
    }

    /// The product.
    ///
    /// # Errors
    /// `number_overflow`.
    pub fn times(self, other: Self) -> Result<Self, ValueError> {
        exact_or(self, other, i128::checked_mul, |a, b| a * b)
    }

    /// The quotient, whole where the division leaves no remainder.
    ///
    /// # Errors
    /// `division_by_zero`, `number_overflow`.
    pub fn divided_by(self, other: Self) -> Result<Self, ValueError> {
        let divisor = other.divisor(self)?;
        let exact = |a: i128, b: i128| (a % b == 0).then(|| a / b);
        exact_or(self, divisor, exact, |a, b| a / b)
    }

    /// The remainder of the division rounded down; it has the sign of `other`, as in Python.
    ///
    /// # Errors
    /// `division_by_zero`.
    pub fn modulo(self, other: Self) -> Result<Self, ValueError> {
        let divisor = other.divisor(self)?;
        let exact = |a: i128, b: i128| {
            let remainder = a % b;
            let is_below = remainder != 0 && (remainder < 0) != (b < 0);
            Some(if is_below { remainder + b } else { remainder })
        };
        exact_or(self, divisor, exact, |a, b| {
            let remainder = a % b;
            let is_below = remainder != 0.0 && (remainder < 0.0) != (b < 0.0);
            if is_below { remainder + b } else { remainder }
        })
    }

    /// This number raised to `exponent`; 0 to the power of 0 is 1.
    ///
    /// # Errors
    /// `division_by_zero` for 0 and a negative exponent, `undefined_result` for the root of a negative number,
    /// `number_overflow`.
    pub fn power(self, exponent: Self) -> Result<Self, ValueError> {
        if exponent.to_f64() < 0.0 {
            self.divisor(Whole(1))?;
        }
        // The C libraries of platforms differ in the last place; this one is the same everywhere.
        exact_or(self, exponent, whole_power, libm::pow)
    }

    /// As JSON: a whole number without a fraction where it is one and was computed exactly.
    pub fn to_value(self) -> Value {
        match self {
            Whole(whole) => match (i64::try_from(whole), u64::try_from(whole)) {
                (Ok(signed), _) => signed.into(),
                (_, Ok(unsigned)) => unsigned.into(),
                _ => (whole as f64).into(),
            },
            Real(real) => real.into(),
        }
    }

    fn to_f64(self) -> f64 {
        match self {
            Whole(whole) => whole as f64,
            Real(real) => real,
        }
    }

    /// This number, if `dividend` can be divided by it.
    fn divisor(self, dividend: Self) -> Result<Self, ValueError> {
        if self.to_f64() != 0.0 {
            return Ok(self);
        }
        let message = format!("{} cannot be divided by zero.", dividend.to_value());
        let hint = "Give a divisor other than 0.";
        Err(ValueError::new(code::DIVISION_BY_ZERO, message, hint))
    }
}

/// Calls `work` with a number, or with each of a list's, however deep, and puts the results in their places.
///
/// # Errors
/// `invalid_input` for anything else; whatever `work` says.
pub fn map_numbers(
    value: &Value,
    work: &impl Fn(Number) -> Result<Number, ValueError>,
) -> Result<Value, ValueError> {
    if let Value::Array(items) = value {
        return items.iter().map(|item| map_numbers(item, work)).collect();
    }
    let number = Number::from_value(value);
    let number =
        number.ok_or_else(|| ValueError::invalid_input("a number or a list of numbers", value))?;
    Ok(work(number)?.to_value())
}

/// The exact result where both are whole and it fits, the nearest float otherwise.
fn exact_or(
    a: Number,
    b: Number,
    exact: impl Fn(i128, i128) -> Option<i128>,
    nearest: impl Fn(f64, f64) -> f64,
) -> Result<Number, ValueError> {
    if let (Whole(a), Whole(b)) = (a, b)
        && let Some(whole) = exact(a, b).filter(|whole| fits(*whole))
    {
        return Ok(Whole(whole));
    }
    let result = nearest(a.to_f64(), b.to_f64());
    if result.is_nan() {
        let message = "The result is no real number.";
        let hint = "A negative number has no power with a fraction.";
        return Err(ValueError::new(code::UNDEFINED_RESULT, message, hint));
    }
    if result.is_infinite() {
        let message = "The result is greater than any number of JSON.";
        let hint = "Numbers go to about 1.8e308 either way.";
        return Err(ValueError::new(code::NUMBER_OVERFLOW, message, hint));
    }
    Ok(Number::from_f64(result))
}

/// Whether JSON has room for it as a whole number.
fn fits(whole: i128) -> bool {
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&whole)
}

/// `base` to a power that is a whole number itself; `None` where it is not, or is too large.
fn whole_power(base: i128, exponent: i128) -> Option<i128> {
    match base {
        // Whatever the exponent: `u32` ends long before 64 bits do.
        1 => Some(1),
        -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        0 if exponent > 0 => Some(0),
        _ => base.checked_pow(u32::try_from(exponent).ok()?),
    }
}

#[cfg(test)]
mod tests;
