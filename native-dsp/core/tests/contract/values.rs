//! What `ValueNode` promises in its documentation, for every setting of every node on values.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use remotemedia_core::catalogue;
use remotemedia_core::values::{Outputs, ValueError, ValueNode};
use serde_json::{Value, json};

use crate::variants::{self, Variant};

/// Every setting of every node on values.
fn all() -> Vec<Variant> {
    let specs = catalogue::all().iter().copied();
    let on_values = specs.filter(|spec| spec.build.values().is_some());
    let variants: Vec<Variant> = on_values.flat_map(variants::of).collect();
    assert!(variants.len() >= 10, "the nodes on values were found");
    variants
}

fn run(node: &mut dyn ValueNode, input: &Value) -> Result<Vec<Value>, ValueError> {
    let mut outputs = Outputs::default();
    node.process(input, &mut outputs)?;
    Ok(outputs.take())
}

/// Any JSON, with the numbers at the edges and the words that nodes know.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "operation",
        "operands",
        "args",
        "add",
        "divide",
        "power",
        "modulo",
        "12",
        "-0.5",
        "1e999",
        "inf",
    ]);
    let text = prop_oneof![3 => word.prop_map(String::from), 1 => any::<String>()];
    let edge = prop::sample::select(vec![
        json!(0),
        json!(-0.0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
        json!(0.1),
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        edge.clone(),
        text.clone().prop_map(Value::from),
    ];
    let operation = prop::sample::select(vec![
        "add", "subtract", "multiply", "divide", "power", "modulo",
    ]);
    let question = (operation, edge.clone(), edge)
        .prop_map(|(operation, a, b)| json!({"operation": operation, "operands": [a, b]}));
    let tree = leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop_oneof![3 => tree, 1 => question]
}

/// Every number in a value.
fn numbers(value: &Value) -> Vec<&serde_json::Number> {
    match value {
        Value::Number(number) => vec![number],
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(map) => map.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn any_value_gives_results_or_an_error_that_says_what_to_do() {
    for variant in all() {
        let name = &variant.name;
        let mut runner = TestRunner::deterministic();
        let property = |value: Value| {
            match run(variant.build_values().as_mut(), &value) {
                Err(error) => {
                    prop_assert!(!error.code.is_empty(), "{name}");
                    prop_assert!(error.message.ends_with('.'), "{name}: {}", error.message);
                    prop_assert!(error.hint.ends_with('.'), "{name}: {}", error.hint);
                }
                Ok(outputs) => {
                    for output in &outputs {
                        // A float that is not finite becomes null in JSON: what went out comes in again.
                        let text = output.to_string();
                        let again: Value = serde_json::from_str(&text).expect("JSON");
                        prop_assert_eq!(again.to_string(), text, "{}", name);
                    }
                }
            }
            Ok(())
        };
        runner.run(&any_json(), property).unwrap();
    }
}

#[test]
fn a_value_that_was_refused_leaves_no_trace() {
    for variant in all() {
        let mut runner = TestRunner::deterministic();
        let property = |values: Vec<Value>| {
            let mut disturbed = variant.build_values();
            let mut spared = variant.build_values();
            for value in &values {
                let answer = run(disturbed.as_mut(), value);
                if answer.is_ok() {
                    prop_assert_eq!(answer, run(spared.as_mut(), value), "{}", variant.name);
                }
            }
            Ok(())
        };
        let values = prop::collection::vec(any_json(), 1..6);
        runner.run(&values, property).unwrap();
    }
}

#[test]
fn reset_leaves_a_node_as_new_and_the_same_input_gives_the_same_output() {
    for variant in all() {
        let mut runner = TestRunner::deterministic();
        let property = |(history, values): (Vec<Value>, Vec<Value>)| {
            let mut used = variant.build_values();
            for value in &history {
                let _ = run(used.as_mut(), value);
            }
            used.reset();
            let mut fresh = variant.build_values();
            for value in &values {
                let expected = run(fresh.as_mut(), value);
                prop_assert_eq!(run(used.as_mut(), value), expected, "{}", variant.name);
            }
            Ok(())
        };
        let values = || prop::collection::vec(any_json(), 1..5);
        runner.run(&(values(), values()), property).unwrap();
    }
}

#[test]
fn whole_numbers_go_out_without_a_fraction() {
    for variant in all() {
        for input in [
            json!(4),
            json!([8, -2]),
            json!({"operation": "multiply", "operands": [2, 2.5]}),
        ] {
            // At the ends of a parameter, results may be refused, or too large to be written as whole.
            let Ok(outputs) = run(variant.build_values().as_mut(), &input) else {
                continue;
            };
            for number in outputs.iter().flat_map(numbers) {
                let is_whole = number
                    .as_f64()
                    .is_some_and(|it| it.fract() == 0.0 && it.abs() < 1e15);
                assert!(!is_whole || number.is_i64(), "{}: {number}", variant.name);
            }
        }
    }
}
