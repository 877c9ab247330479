//! Parameters as people write them: right, at the edge, beyond it, of another type, misspelt.

use remotemedia_core::spec::{NodeSpec, ParamKind, ParamSpec};
use serde_json::{Map, Value, json};

use super::bytes::Bytes;

/// Some of the parameters of a node, and whether they are sound.
pub fn read(spec: &NodeSpec, bytes: &mut Bytes<'_>) -> (Map<String, Value>, bool) {
    let (mut params, mut is_sound) = (Map::new(), true);
    for param in spec.params {
        if !bytes.once_in(3) {
            continue;
        }
        let spellings = param.spellings();
        let mut name = spellings[bytes.below(spellings.len())].clone();
        let value = value(&param.kind, bytes);
        if bytes.once_in(24) {
            name.insert(name.len() / 2, '~');
            is_sound = false;
        }
        is_sound &= permits(param, &value);
        params.insert(name, value);
    }
    (params, is_sound)
}

fn value(kind: &ParamKind, bytes: &mut Bytes<'_>) -> Value {
    const STRANGE: [f64; 6] = [-1e308, 1e308, 1e-320, -0.5, 9.3e18, 0.0];
    // Mostly of the right kind, so that most sets of parameters are sound.
    match bytes.below(24) {
        0 => json!(STRANGE[bytes.below(STRANGE.len())]),
        1 => Value::Null,
        2 => json!([1, "auto"]),
        3 => json!("nonsense"),
        _ => usual(kind, bytes),
    }
}

fn usual(kind: &ParamKind, bytes: &mut Bytes<'_>) -> Value {
    // A little beyond either end at times.
    let share = if bytes.once_in(16) {
        bytes.share() * 3.0 - 1.0
    } else {
        bytes.share()
    };
    match *kind {
        ParamKind::Number { min, max, .. } | ParamKind::OptionalNumber { min, max } => {
            // `min + (max - min)` can be a hair more than `max`.
            let number = min + (max - min) * share;
            json!(if share == 1.0 { max } else { number })
        }
        ParamKind::IntegerOrAuto { .. } if bytes.once_in(4) => json!("auto"),
        ParamKind::Integer { min, max, .. } | ParamKind::IntegerOrAuto { min, max } => {
            json!(min + ((max - min) as f64 * share) as i64)
        }
        ParamKind::Flag { .. } => json!(bytes.once_in(2)),
        ParamKind::Choice { options, .. } => json!(options[bytes.below(options.len())]),
    }
}

/// What the documentation of a parameter promises to accept.
fn permits(param: &ParamSpec, value: &Value) -> bool {
    let number = value.as_f64();
    match param.kind {
        ParamKind::OptionalNumber { .. } if value.is_null() => true,
        ParamKind::IntegerOrAuto { .. } if value == "auto" => true,
        ParamKind::Number { min, max, .. } | ParamKind::OptionalNumber { min, max } => {
            number.is_some_and(|number| (min..=max).contains(&number))
        }
        ParamKind::Integer { min, max, .. } | ParamKind::IntegerOrAuto { min, max } => number
            .is_some_and(|number| {
                number.fract() == 0.0 && (min as f64..=max as f64).contains(&number)
            }),
        ParamKind::Flag { .. } => value.is_boolean(),
        ParamKind::Choice { options, .. } => {
            let is = |word: &str| {
                options
                    .iter()
                    .any(|option| option.eq_ignore_ascii_case(word))
            };
            value.as_str().is_some_and(is)
        }
    }
}
