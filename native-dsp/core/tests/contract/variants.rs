//! The settings that each node is tested with: defaults, and every parameter at each of its ends.

use remotemedia_core::format::Format;
use remotemedia_core::node::Built;
use remotemedia_core::params::{ParamValue, Params};
use remotemedia_core::spec::{NodeSpec, ParamKind, ParamSpec};
use remotemedia_core::values::ValueNode;

/// One setting of one node.
pub struct Variant {
    pub spec: &'static NodeSpec,
    pub name: String,
    params: Params,
}

impl Variant {
    /// Whether nothing was set.
    pub fn is_default(&self) -> bool {
        self.name.ends_with("defaults")
    }

    /// A new node of this setting; `None` where the setting does not work on this format, which a node may
    /// say of any setting but its defaults.
    pub fn build(&self, offered: Format) -> Option<Built> {
        let build = self.spec.build.audio().expect("a node on audio");
        match build(&self.params, offered) {
            Ok(built) => Some(built),
            Err(error) => {
                assert!(!self.is_default(), "{}: {}", self.name, error.message);
                assert!(
                    !error.message.is_empty() && !error.hint.is_empty(),
                    "{}",
                    self.name
                );
                let known = self
                    .spec
                    .params
                    .iter()
                    .any(|param| param.name == error.param);
                assert!(known, "{} complains of {}", self.name, error.param);
                None
            }
        }
    }
}

impl Variant {
    /// A new node on values of this setting.
    pub fn build_values(&self) -> Box<dyn ValueNode> {
        let build = self.spec.build.values().expect("a node on values");
        build(&self.params).unwrap_or_else(|error| panic!("{}: {}", self.name, error.message))
    }
}

/// All settings of a node.
pub fn of(spec: &'static NodeSpec) -> Vec<Variant> {
    let defaults = Params::defaults(spec.params);
    let mut variants = vec![Variant {
        spec,
        name: format!("{} with defaults", spec.node_type),
        params: defaults.clone(),
    }];
    for param in spec.params {
        for value in ends(param) {
            let mut params = defaults.clone();
            let name = format!("{} with {} {value:?}", spec.node_type, param.name);
            params.set(param.name, value);
            variants.push(Variant { spec, name, params });
        }
    }
    variants
}

fn ends(param: &ParamSpec) -> Vec<ParamValue> {
    match param.kind {
        ParamKind::Number { min, max, .. } | ParamKind::OptionalNumber { min, max } => {
            vec![ParamValue::Number(min), ParamValue::Number(max)]
        }
        ParamKind::Integer { min, max, .. } | ParamKind::IntegerOrAuto { min, max } => {
            vec![ParamValue::Integer(min), ParamValue::Integer(max)]
        }
        ParamKind::Flag { default } => vec![ParamValue::Flag(!default)],
        ParamKind::Choice { options, .. } => options
            .iter()
            .map(|word| ParamValue::Choice(word))
            .collect(),
    }
}
