//! `Echo`: the value as it came, counted.

use serde_json::{Value, json};

use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, Role};
use crate::values::{Outputs, ValueError, ValueNode};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "Echo",
    aliases: &["EchoNode"],
    summary: "Gives every value back with its number.",
    documentation: "\
Gives `{input, counter, node: \"Echo\"}` for every value: `counter` is 1 for the first since the pipeline was \
made or reset. Use it to see what arrives at a point of a pipeline, and how often.",
    role: Role::Value,
    params: &[],
    events: &[],
    requires: &[],
    build: Build::Values(build),
};

fn build(_: &Params) -> Result<Box<dyn ValueNode>, BuildError> {
    Ok(Box::new(Echo { counter: 0 }))
}

struct Echo {
    counter: u64,
}

impl ValueNode for Echo {
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError> {
        let counter = self.counter + 1;
        outputs.push(json!({"input": input, "counter": counter, "node": SPEC.node_type}))?;
        self.counter = counter;
        Ok(())
    }

    fn reset(&mut self) {
        self.counter = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_node_test::build;

    #[test]
    fn falsy_values_come_back_like_all_others_and_are_counted() {
        let mut node = build(&SPEC, &[]);
        let mut outputs = Outputs::default();
        for value in [json!(0), json!(""), json!(false), json!(null), json!([1])] {
            node.process(&value, &mut outputs).unwrap();
        }
        let outputs = outputs.take();
        assert_eq!(
            outputs[0],
            json!({"input": 0, "counter": 1, "node": "Echo"})
        );
        assert_eq!(
            outputs[3],
            json!({"input": null, "counter": 4, "node": "Echo"})
        );
        assert_eq!(
            outputs[4],
            json!({"input": [1], "counter": 5, "node": "Echo"})
        );
    }
}
