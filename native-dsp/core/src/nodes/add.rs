//! `AddNode`: numbers plus a constant.

use serde_json::Value;

use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::values::{MOST_EXACT, Number, Outputs, ValueError, ValueNode, map_numbers};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AddNode",
    aliases: &["Add"],
    summary: "Adds a constant to numbers.",
    documentation: "\
Takes a number, or a list of numbers however deep, and gives the sums in the same shape. Whole results have no \
fraction and are exact as far as 64 bits reach; beyond, they are the nearest float. Anything else than numbers \
is refused.",
    role: Role::Value,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Values(build),
};

const PARAMS: &[ParamSpec] = &[ParamSpec {
    name: "addend",
    aliases: &[],
    kind: ParamKind::Number {
        min: -MOST_EXACT,
        max: MOST_EXACT,
        default: 0.0,
    },
    documentation: "What is added to every number.",
}];

fn build(params: &Params) -> Result<Box<dyn ValueNode>, BuildError> {
    let addend = Number::from_f64(params.number("addend"));
    Ok(Box::new(Add { addend }))
}

struct Add {
    addend: Number,
}

impl ValueNode for Add {
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError> {
        outputs.push(map_numbers(input, &|number| number.plus(self.addend))?)
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
    fn nothing_is_added_unless_it_was_asked_for() {
        assert_eq!(run(&SPEC, &[], json!([5, 0.5])), Ok(vec![json!([5, 0.5])]));
        let ten = [("addend", Number(10.0))];
        assert_eq!(run(&SPEC, &ten, json!([5, -10])), Ok(vec![json!([15, 0])]));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let error = run(&SPEC, &[], json!([1, null])).unwrap_err();
        assert_eq!(error.code, "invalid_input");
    }
}
