use serde_json::json;

use super::*;

fn number(value: Value) -> Number {
    Number::from_value(&value).expect("a number")
}

type Operation = fn(Number, Number) -> Result<Number, ValueError>;

/// The result as JSON, or the code of the error.
fn compute(operation: Operation, a: Value, b: Value) -> Value {
    match operation(number(a), number(b)) {
        Ok(result) => result.to_value(),
        Err(error) => error.code.into(),
    }
}

#[test]
fn whole_results_stay_whole_whatever_the_operands_were() {
    assert_eq!(
        compute(Number::times, json!(5), json!(2.0)).to_string(),
        "10"
    );
    assert_eq!(
        compute(Number::times, json!(2.5), json!(4)).to_string(),
        "10"
    );
    assert_eq!(
        compute(Number::divided_by, json!(9), json!(3)).to_string(),
        "3"
    );
    assert_eq!(
        compute(Number::divided_by, json!(1), json!(4)).to_string(),
        "0.25"
    );
    assert_eq!(
        compute(Number::times, json!(0), json!(-1.0)).to_string(),
        "0"
    );
}

#[test]
fn sixty_four_bits_are_exact_and_what_lies_beyond_is_the_nearest_float() {
    let (most, least) = (json!(i64::MAX), json!(i64::MIN));
    assert_eq!(
        compute(Number::minus, most.clone(), json!(1)),
        json!(i64::MAX - 1)
    );
    assert_eq!(
        compute(Number::plus, most.clone(), most.clone()),
        json!(u64::MAX - 1)
    );
    assert_eq!(
        compute(Number::minus, json!(u64::MAX), json!(u64::MAX)),
        json!(0)
    );
    assert_eq!(
        compute(Number::divided_by, least.clone(), json!(-1)),
        json!(1u64 << 63)
    );
    assert_eq!(
        compute(Number::minus, least, json!(1)),
        json!(-9_223_372_036_854_775_809.0)
    );
    assert_eq!(
        compute(Number::times, json!(u64::MAX), json!(u64::MAX)),
        json!(u64::MAX as f64 * u64::MAX as f64)
    );
}

#[test]
fn a_result_that_json_cannot_hold_is_an_error() {
    assert_eq!(
        compute(Number::times, json!(1e200), json!(1e200)),
        "number_overflow"
    );
    assert_eq!(
        compute(Number::plus, json!(f64::MAX), json!(f64::MAX)),
        "number_overflow"
    );
    assert_eq!(
        compute(Number::power, json!(10), json!(400)),
        "number_overflow"
    );
    assert_eq!(
        compute(Number::power, json!(-8), json!(0.5)),
        "undefined_result"
    );
}

#[test]
fn nothing_is_divided_by_zero() {
    for zero in [json!(0), json!(0.0), json!(-0.0)] {
        for operation in [Number::divided_by, Number::modulo] {
            assert_eq!(
                compute(operation, json!(1), zero.clone()),
                "division_by_zero"
            );
            assert_eq!(
                compute(operation, json!(0.5), zero.clone()),
                "division_by_zero"
            );
        }
        assert_eq!(compute(Number::power, zero, json!(-1)), "division_by_zero");
    }
}

#[test]
fn a_remainder_has_the_sign_of_the_divisor() {
    for (a, b, remainder) in [(7, 3, 1), (-7, 3, 2), (7, -3, -2), (-7, -3, -1), (6, 3, 0)] {
        assert_eq!(
            compute(Number::modulo, json!(a), json!(b)),
            json!(remainder)
        );
        let (a, b, remainder) = (
            f64::from(a) / 2.0,
            f64::from(b) / 2.0,
            f64::from(remainder) / 2.0,
        );
        assert_eq!(
            compute(Number::modulo, json!(a), json!(b)).as_f64(),
            Some(remainder)
        );
    }
}

#[test]
fn powers_of_whole_numbers_are_exact() {
    assert_eq!(
        compute(Number::power, json!(3), json!(39)),
        json!(3i64.pow(39))
    );
    assert_eq!(compute(Number::power, json!(2), json!(-2)), json!(0.25));
    assert_eq!(compute(Number::power, json!(0), json!(0)), json!(1));
    assert_eq!(compute(Number::power, json!(0), json!(u64::MAX)), json!(0));
    assert_eq!(
        compute(Number::power, json!(-1), json!(u64::MAX)),
        json!(-1)
    );
}

#[test]
fn a_text_is_a_number_where_it_spells_a_finite_one() {
    assert_eq!(Number::from_text(" 12 "), Some(Whole(12)));
    assert_eq!(Number::from_text("12.50"), Some(Real(12.5)));
    assert_eq!(
        Number::from_text("18446744073709551615"),
        Some(Whole(u64::MAX.into()))
    );
    for text in ["", "twelve", "inf", "NaN", "1e999", "0x10"] {
        assert_eq!(Number::from_text(text), None, "{text}");
    }
}

#[test]
fn lists_are_mapped_in_place_and_anything_else_is_refused() {
    let double = |number: Number| number.times(Whole(2));
    let mapped = map_numbers(&json!([1, [2, []], 2.5]), &double);
    assert_eq!(mapped, Ok(json!([2, [4, []], 5])));
    for wrong in [json!(null), json!("1"), json!({}), json!([1, true])] {
        let error = map_numbers(&wrong, &double).unwrap_err();
        assert_eq!(error.code, code::INVALID_INPUT);
    }
}
