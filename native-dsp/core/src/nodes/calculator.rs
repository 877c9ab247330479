//! `CalculatorNode`: one arithmetic operation, configured or asked for by each value.

use serde_json::{Map, Value, json};

use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::values::{MOST_EXACT, Number, Outputs, ValueError, ValueNode, code};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "CalculatorNode",
    aliases: &["Calculator"],
    summary: "Adds, subtracts, multiplies, divides, raises to a power or takes a remainder.",
    documentation: "\
Works on two kinds of values, and on lists of them. A number, or a text that spells one, is the left operand of \
`operation`, and `operand` is the right one: with `subtract` and 2, 5 gives 3. An object \
`{operation, operands: [a, b]}` says itself what to compute, whatever the parameters are, and gives \
`{result, operation, operands}`; `args` may be written for `operands` and is given back as it was written.

Whole results have no fraction and are exact as far as 64 bits reach; beyond, they are the nearest float. A \
remainder has the sign of the divisor, as in Python. Division by zero, the root of a negative number and a \
result beyond 1.8e308 are errors.",
    role: Role::Value,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Values(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "operation",
        aliases: &[],
        kind: ParamKind::Choice {
            options: OPERATIONS,
            default: "add",
        },
        documentation: "What is done with numbers. Objects name their own operation.",
    },
    ParamSpec {
        name: "operand",
        aliases: &[],
        kind: ParamKind::OptionalNumber {
            min: -MOST_EXACT,
            max: MOST_EXACT,
        },
        documentation: "The right operand. Without it, numbers are refused and only objects computed.",
    },
];

const OPERATIONS: &[&str] = &["add", "subtract", "multiply", "divide", "power", "modulo"];

fn build(params: &Params) -> Result<Box<dyn ValueNode>, BuildError> {
    let node = Calculator {
        operation: params.choice("operation"),
        operand: params.optional_number("operand").map(Number::from_f64),
    };
    Ok(Box::new(node))
}

struct Calculator {
    operation: &'static str,
    operand: Option<Number>,
}

impl ValueNode for Calculator {
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError> {
        outputs.push(self.answer(input)?)
    }

    fn reset(&mut self) {}
}

impl Calculator {
    fn answer(&self, input: &Value) -> Result<Value, ValueError> {
        match input {
            Value::Array(items) => items.iter().map(|item| self.answer(item)).collect(),
            Value::Object(question) => answer_question(question),
            _ => {
                let number = read_number(input)?;
                let operand = self.operand.ok_or_else(|| {
                    let message = "A number came, and no `operand` is configured.";
                    let hint = "Set `operand` in `params`, or give {\"operation\": …, \"operands\": [a, b]}.";
                    ValueError::new(code::INVALID_INPUT, message, hint)
                })?;
                Ok(compute(self.operation, number, operand)?.to_value())
            }
        }
    }
}

/// A value that says itself what to compute.
fn answer_question(question: &Map<String, Value>) -> Result<Value, ValueError> {
    let operation = question.get("operation").unwrap_or(&Value::Null);
    let known = OPERATIONS.iter().find(|known| *operation == **known);
    let operation = known.copied().ok_or_else(|| {
        let wanted = format!("one of {} as `operation`", OPERATIONS.join(", "));
        ValueError::invalid_input(&wanted, operation)
    })?;
    let key = if question.contains_key("operands") {
        "operands"
    } else {
        "args"
    };
    let operands = question.get(key).unwrap_or(&Value::Null);
    let Some([left, right]) = operands.as_array().map(Vec::as_slice) else {
        return Err(ValueError::invalid_input(
            "two numbers as `operands`",
            operands,
        ));
    };
    let result = compute(operation, read_number(left)?, read_number(right)?)?;
    Ok(json!({"result": result.to_value(), "operation": operation, key: operands}))
}

/// A number, or a text that spells one.
fn read_number(value: &Value) -> Result<Number, ValueError> {
    let number = match value {
        Value::String(text) => Number::from_text(text),
        _ => Number::from_value(value),
    };
    number.ok_or_else(|| ValueError::invalid_input("a number or the text of one", value))
}

fn compute(operation: &str, left: Number, right: Number) -> Result<Number, ValueError> {
    match operation {
        "subtract" => left.minus(right),
        "multiply" => left.times(right),
        "divide" => left.divided_by(right),
        "power" => left.power(right),
        "modulo" => left.modulo(right),
        _ => left.plus(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::ParamValue::{Choice, Number};
    use crate::value_node_test::run;

    fn calculate(operation: &'static str, operand: f64, input: Value) -> Value {
        let given = [
            ("operation", Choice(operation)),
            ("operand", Number(operand)),
        ];
        match run(&SPEC, &given, input) {
            Ok(mut outputs) => outputs.remove(0),
            Err(error) => error.code.into(),
        }
    }

    fn ask(question: Value) -> Result<Value, ValueError> {
        run(&SPEC, &[], question).map(|mut outputs| outputs.remove(0))
    }

    #[test]
    fn numbers_and_texts_of_numbers_meet_the_configured_operand() {
        assert_eq!(calculate("add", 2.0, json!("5")), json!(7));
        assert_eq!(calculate("subtract", 2.0, json!(5)), json!(3));
        assert_eq!(
            calculate("multiply", 2.0, json!([5, "0.25"])),
            json!([10, 0.5])
        );
        assert_eq!(calculate("divide", 2.0, json!(5)), json!(2.5));
        assert_eq!(calculate("power", 2.0, json!(5)), json!(25));
        assert_eq!(calculate("modulo", 2.0, json!(5)), json!(1));
    }

    #[test]
    fn a_configured_zero_is_an_operand() {
        assert_eq!(calculate("multiply", 0.0, json!(5)), json!(0));
        assert_eq!(calculate("divide", 0.0, json!(5)), "division_by_zero");
    }

    #[test]
    fn a_question_is_answered_under_the_name_that_it_gave_its_operands() {
        let question = json!({"operation": "divide", "operands": [9, "3"]});
        let answer = json!({"result": 3, "operation": "divide", "operands": [9, "3"]});
        assert_eq!(ask(question), Ok(answer));
        let question = json!({"operation": "power", "args": [2, 10]});
        let answer = json!({"result": 1024, "operation": "power", "args": [2, 10]});
        assert_eq!(ask(question), Ok(answer));
    }

    #[test]
    fn a_question_that_makes_no_sense_is_refused_with_what_was_expected() {
        for (question, expected) in [
            (json!({"operands": [1, 2]}), "as `operation`, found null"),
            (
                json!({"operation": "sqrt", "operands": [4, 2]}),
                "found the text `sqrt`",
            ),
            (
                json!({"operation": "add"}),
                "two numbers as `operands`, found null",
            ),
            (
                json!({"operation": "add", "operands": [1, 2, 3]}),
                "found a list of 3",
            ),
            (
                json!({"operation": "add", "operands": [1, "two"]}),
                "found the text `two`",
            ),
            (json!(5), "no `operand` is configured"),
            (json!(null), "found null"),
        ] {
            let error = ask(question).unwrap_err();
            assert_eq!(error.code, "invalid_input");
            assert!(error.message.contains(expected), "{}", error.message);
        }
    }
}
