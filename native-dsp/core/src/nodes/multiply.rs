//! `MultiplyNode`: numbers times a constant.

use serde_json::Value;

use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::values::{MOST_EXACT, Number, Outputs, ValueError, ValueNode, map_numbers};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "MultiplyNode",
    aliases: &["Multiply"],
    summary: "Multiplies numbers by a constant.",
    documentation: "\
Takes a number, or a list of numbers however deep, and gives the products in the same shape. Whole results have \
no fraction and are exact as far as 64 bits reach; beyond, they are the nearest float. Anything else than \
numbers is refused.",
    role: Role::Value,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Values(build),
};

const PARAMS: &[ParamSpec] = &[ParamSpec {
    name: "multiplier",
    aliases: &["factor"],
    kind: ParamKind::Number {
        min: -MOST_EXACT,
        max: MOST_EXACT,
        default: 2.0,
    },
    documentation: "What every number is multiplied by.",
}];

fn build(params: &Params) -> Result<Box<dyn ValueNode>, BuildError> {
    let multiplier = Number::from_f64(params.number("multiplier"));
    Ok(Box::new(Multiply { multiplier }))
}

struct Multiply {
    multiplier: Number,
}

impl ValueNode for Multiply {
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError> {
        outputs.push(map_numbers(input, &|number| number.times(self.multiplier))?)
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::params::ParamValue::Number;
    use crate::value_node_test::run;

    #[test]
    fn the_multiplier_is_the_one_that_was_given() {
        assert_eq!(run(&SPEC, &[], json!(5)), Ok(vec![json!(10)]));
        let triple = [("multiplier", Number(3.0))];
        assert_eq!(run(&SPEC, &triple, json!(5)), Ok(vec![json!(15)]));
        let half = [("multiplier", Number(0.5))];
        assert_eq!(run(&SPEC, &half, json!(5)), Ok(vec![json!(2.5)]));
    }

    #[test]
    fn a_list_gives_a_list_and_zero_stays() {
        assert_eq!(
            run(&SPEC, &[], json!([5, 0, -3])),
            Ok(vec![json!([10, 0, -6])])
        );
        assert_eq!(run(&SPEC, &[], json!(0)), Ok(vec![json!(0)]));
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_was_expected() {
        let error = run(&SPEC, &[], json!("5")).unwrap_err();
        assert_eq!(error.code, "invalid_input");
        let expected = "Expected a number or a list of numbers, found the text `5`.";
        assert_eq!(error.message, expected);
    }
}
