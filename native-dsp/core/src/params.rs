//! Parameters of one node after validation: canonical names, checked types and ranges, defaults filled in.

use crate::spec::{ParamKind, ParamSpec};

/// A validated value.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// From `Number` and `OptionalNumber`.
    Number(f64),
    /// From `Integer` and `IntegerOrAuto`.
    Integer(i64),
    /// From `Flag`.
    Flag(bool),
    /// From `Choice`: one of the listed words.
    Choice(&'static str),
    /// An `OptionalNumber` that was not given, or `auto`.
    Unset,
}

/// The values of all parameters of a node, in the order of its table. Only validation makes one, so a
/// node reads them without checking again.
#[derive(Clone, Debug)]
pub struct Params {
    specs: &'static [ParamSpec],
    values: Vec<ParamValue>,
}

impl Params {
    /// All parameters at their defaults.
    pub fn defaults(specs: &'static [ParamSpec]) -> Self {
        let values = specs.iter().map(|spec| default_of(&spec.kind)).collect();
        Self { specs, values }
    }

    /// Sets a parameter by its canonical name. For validation, and for tests that build a node directly.
    ///
    /// # Panics
    /// When the table has no such parameter.
    pub fn set(&mut self, name: &str, value: ParamValue) {
        let index = self.index(name);
        self.values[index] = value;
    }

    /// A `Number`.
    pub fn number(&self, name: &str) -> f64 {
        match self.get(name) {
            ParamValue::Number(number) => *number,
            other => panic!("parameter {name} is {other:?}, not a number"),
        }
    }

    /// An `OptionalNumber`.
    pub fn optional_number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            ParamValue::Number(number) => Some(*number),
            ParamValue::Unset => None,
            other => panic!("parameter {name} is {other:?}, not a number"),
        }
    }

    /// An `Integer`.
    pub fn integer(&self, name: &str) -> i64 {
        self.optional_integer(name)
            .unwrap_or_else(|| panic!("parameter {name} is not set"))
    }

    /// An `IntegerOrAuto`; `None` is `auto`.
    pub fn optional_integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            ParamValue::Integer(integer) => Some(*integer),
            ParamValue::Unset => None,
            other => panic!("parameter {name} is {other:?}, not a whole number"),
        }
    }

    /// A `Flag`.
    pub fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            ParamValue::Flag(flag) => *flag,
            other => panic!("parameter {name} is {other:?}, not a flag"),
        }
    }

    /// A `Choice`.
    pub fn choice(&self, name: &str) -> &'static str {
        match self.get(name) {
            ParamValue::Choice(word) => word,
            other => panic!("parameter {name} is {other:?}, not a choice"),
        }
    }

    /// Canonical names and values, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &ParamValue)> {
        self.specs.iter().map(|spec| spec.name).zip(&self.values)
    }

    fn get(&self, name: &str) -> &ParamValue {
        &self.values[self.index(name)]
    }

    fn index(&self, name: &str) -> usize {
        let found = self.specs.iter().position(|spec| spec.name == name);
        found.unwrap_or_else(|| panic!("no parameter {name} in the node's table"))
    }
}

/// `gainDb` as `gain_db`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// `gain_db` as `gainDb`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        camel += &first.to_ascii_uppercase();
        camel += rest;
    }
    camel
}

fn default_of(kind: &ParamKind) -> ParamValue {
    match *kind {
        ParamKind::Number { default, .. } => ParamValue::Number(default),
        ParamKind::Integer { default, .. } => ParamValue::Integer(default),
        ParamKind::Flag { default } => ParamValue::Flag(default),
        ParamKind::Choice { default, .. } => ParamValue::Choice(default),
        ParamKind::OptionalNumber { .. } | ParamKind::IntegerOrAuto { .. } => ParamValue::Unset,
    }
}
