//! `execution`: how a node is called, and what happens when it fails.

use serde::Serialize;

use super::fields::Fields;
use crate::complaint::{Complaints, code};

/// What happens when a node panics, cannot work on a value, or fails outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The session is closed with a reason; a run on values ends with an error.
    #[default]
    FailSession,
    /// The audio goes around the node, delayed as the node delayed it. A node whose output has another
    /// format than its input cannot be gone around: it is muted. A value is passed on as it came.
    Bypass,
    /// The node gives silence from then on; for a value that it cannot work on, nothing.
    Mute,
}

impl OnError {
    const WORDS: &[(&str, Self)] = &[
        ("fail_session", Self::FailSession),
        ("bypass", Self::Bypass),
        ("mute", Self::Mute),
    ];

    /// The word in manifests and events.
    pub fn as_str(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, policy)| *policy == self);
        found.map_or("fail_session", |(word, _)| word)
    }
}

/// What stands in for an external node's answer that did not come in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenLate {
    /// The audio as it came, delayed as the answer would have been.
    #[default]
    Pass,
    /// Silence.
    Drop,
}

/// How the wait before another attempt is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Anything between nothing and the whole wait.
    #[default]
    Full,
    /// The whole wait.
    None,
}

/// Attempts after a failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Retry {
    /// Calls in all, the first included: 1 to 100.
    pub max_attempts: u32,
    /// Wait before the second attempt, in ms.
    pub base_delay_ms: u32,
    /// Longest wait, in ms.
    pub max_delay_ms: u32,
    /// Growth of the wait from attempt to attempt: 1 to 10.
    pub multiplier: f64,
    /// How the wait is spread.
    pub jitter: Jitter,
}

/// When a node that keeps failing is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CircuitBreaker {
    /// Consecutive failures that open it.
    pub failure_threshold: u32,
    /// How long it stays open before one call is let through, in ms.
    pub reset_timeout_ms: u32,
    /// Consecutive successes of such calls that close it.
    pub success_threshold: u32,
}

/// All that `execution` says, complete.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ExecutionPolicy {
    /// What happens when the node fails.
    pub on_error: OnError,
    /// Longest call of an external node, in ms.
    pub timeout_ms: u32,
    /// How long audio waits for an external node's answer: the node's delay. A multiple of 10 ms.
    pub patience_ms: u32,
    /// What stands in for an answer that is late.
    pub when_late: WhenLate,
    /// Attempts after a failure that may pass.
    pub retry: Retry,
    /// When a node that keeps failing is left alone.
    pub circuit_breaker: CircuitBreaker,
}

impl Default for ExecutionPolicy {
    fn default() -> Self {
        Self {
            on_error: OnError::default(),
            timeout_ms: 30_000,
            patience_ms: 20,
            when_late: WhenLate::default(),
            retry: Retry {
                max_attempts: 3,
                base_delay_ms: 100,
                max_delay_ms: 5_000,
                multiplier: 2.0,
                jitter: Jitter::default(),
            },
            circuit_breaker: CircuitBreaker {
                failure_threshold: 5,
                reset_timeout_ms: 30_000,
                success_threshold: 1,
            },
        }
    }
}

/// Longest wait that a manifest may ask for: ten minutes.
pub const LONGEST_MS: u32 = 600_000;

/// Longest delay that an external node may put into the audio.
pub const LONGEST_PATIENCE_MS: u32 = 5_000;

const FIELDS: &[&str] = &[
    "on_error",
    "timeout_ms",
    "patience_ms",
    "when_late",
    "retry",
    "circuit_breaker",
    "placement",
    "reason",
    "fallback",
];
const RETRY_FIELDS: &[&str] = &[
    "max_attempts",
    "base_delay_ms",
    "max_delay_ms",
    "multiplier",
    "jitter",
];
const BREAKER_FIELDS: &[&str] = &["failure_threshold", "reset_timeout_ms", "success_threshold"];

/// Reads `execution` of the manifest or of a node; what is absent is as in `defaults`.
pub(super) fn read(
    fields: &Fields<'_>,
    defaults: &ExecutionPolicy,
    complaints: &mut Complaints,
) -> ExecutionPolicy {
    let mut policy = *defaults;
    let Some(value) = fields.map.get("execution") else {
        return policy;
    };
    let path = fields.path("execution");
    let Some(fields) = Fields::read(value, path, FIELDS, complaints) else {
        return policy;
    };
    for name in ["placement", "reason", "fallback"] {
        fields.text(name, complaints);
    }
    if let Some(word) = fields.word("on_error", OnError::WORDS, complaints) {
        policy.on_error = word;
    }
    let late = &[("pass", WhenLate::Pass), ("drop", WhenLate::Drop)];
    if let Some(word) = fields.word("when_late", late, complaints) {
        policy.when_late = word;
    }
    let mut numbers = Numbers {
        fields: &fields,
        complaints,
    };
    numbers.whole("timeout_ms", 1.0, LONGEST_MS.into(), &mut policy.timeout_ms);
    numbers.whole(
        "patience_ms",
        10.0,
        LONGEST_PATIENCE_MS.into(),
        &mut policy.patience_ms,
    );
    if fields.map.contains_key("patience_ms") && !policy.patience_ms.is_multiple_of(10) {
        let message = format!("{} ms is no whole number of frames.", policy.patience_ms);
        let path = fields.path("patience_ms");
        complaints.add(
            path,
            code::OUT_OF_RANGE,
            message,
            "Give a multiple of 10 ms.",
        );
    }
    read_retry(&fields, &mut policy.retry, complaints);
    read_breaker(&fields, &mut policy.circuit_breaker, complaints);
    policy
}

fn read_retry(execution: &Fields<'_>, retry: &mut Retry, complaints: &mut Complaints) {
    let Some(value) = execution.map.get("retry") else {
        return;
    };
    let path = execution.path("retry");
    let Some(fields) = Fields::read(value, path, RETRY_FIELDS, complaints) else {
        return;
    };
    let jitter = &[("full", Jitter::Full), ("none", Jitter::None)];
    if let Some(word) = fields.word("jitter", jitter, complaints) {
        retry.jitter = word;
    }
    let mut numbers = Numbers {
        fields: &fields,
        complaints,
    };
    numbers.whole("max_attempts", 1.0, 100.0, &mut retry.max_attempts);
    numbers.whole(
        "base_delay_ms",
        0.0,
        LONGEST_MS.into(),
        &mut retry.base_delay_ms,
    );
    numbers.whole(
        "max_delay_ms",
        0.0,
        LONGEST_MS.into(),
        &mut retry.max_delay_ms,
    );
    if let Some(multiplier) = numbers.between("multiplier", 1.0, 10.0) {
        retry.multiplier = multiplier;
    }
}

fn read_breaker(execution: &Fields<'_>, breaker: &mut CircuitBreaker, complaints: &mut Complaints) {
    let Some(value) = execution.map.get("circuit_breaker") else {
        return;
    };
    let path = execution.path("circuit_breaker");
    let Some(fields) = Fields::read(value, path, BREAKER_FIELDS, complaints) else {
        return;
    };
    let mut numbers = Numbers {
        fields: &fields,
        complaints,
    };
    numbers.whole(
        "failure_threshold",
        1.0,
        1_000.0,
        &mut breaker.failure_threshold,
    );
    numbers.whole(
        "reset_timeout_ms",
        1.0,
        LONGEST_MS.into(),
        &mut breaker.reset_timeout_ms,
    );
    numbers.whole(
        "success_threshold",
        1.0,
        100.0,
        &mut breaker.success_threshold,
    );
}

/// Reads numbers within bounds.
struct Numbers<'a, 'b> {
    fields: &'a Fields<'b>,
    complaints: &'a mut Complaints,
}

impl Numbers<'_, '_> {
    fn whole(&mut self, name: &str, min: f64, max: f64, into: &mut u32) {
        let Some(number) = self.between(name, min, max) else {
            return;
        };
        if number.fract() != 0.0 {
            let message = format!("{number} is no whole number.");
            let path = self.fields.path(name);
            self.complaints
                .add(path, code::WRONG_TYPE, message, "Give a whole number.");
            return;
        }
        *into = number as u32;
    }

    fn between(&mut self, name: &str, min: f64, max: f64) -> Option<f64> {
        let value = self.fields.map.get(name)?;
        let Some(number) = value.as_f64() else {
            let path = self.fields.path(name);
            super::fields::wrong_type(&path, "a number", value, self.complaints);
            return None;
        };
        if !(min..=max).contains(&number) {
            let message = format!("{number} is out of range.");
            let hint = format!("`{name}` goes from {min} to {max}.");
            self.complaints
                .add(self.fields.path(name), code::OUT_OF_RANGE, message, hint);
            return None;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use serde_json::json;

    fn policies(
        whole: serde_json::Value,
        node: serde_json::Value,
    ) -> Result<ExecutionPolicy, Vec<String>> {
        let manifest = json!({"version": "v1", "execution": whole,
            "nodes": [{"id": "echo", "node_type": "PassThrough", "execution": node}]});
        let manifest = Manifest::from_value(&manifest);
        manifest
            .map(|manifest| manifest.nodes()[0].execution)
            .map_err(|complaints| {
                complaints
                    .iter()
                    .map(|c| format!("{} {}", c.path, c.code))
                    .collect()
            })
    }

    #[test]
    fn a_node_overrides_the_manifest_and_the_manifest_the_defaults() {
        let whole = json!({"timeout_ms": 500, "retry": {"max_attempts": 2, "multiplier": 1.5}});
        let node = json!({"retry": {"max_attempts": 7}, "when_late": "drop"});
        let policy = policies(whole, node).unwrap();
        assert_eq!((policy.timeout_ms, policy.retry.max_attempts), (500, 7));
        assert_eq!(
            (policy.retry.multiplier, policy.retry.base_delay_ms),
            (1.5, 100)
        );
        assert_eq!((policy.when_late, policy.patience_ms), (WhenLate::Drop, 20));
        assert_eq!(policy.circuit_breaker.failure_threshold, 5);
    }

    #[test]
    fn what_is_out_of_range_is_complained_of_all_at_once() {
        let node = json!({
            "patience_ms": 15, "timeout_ms": 0, "retry": {"max_attempts": 1.5, "jitter": "some"},
            "circuit_breaker": {"failure_threshold": "five", "reset": 1},
        });
        let complaints = policies(json!({}), node).unwrap_err();
        let execution = "nodes[0].execution";
        for expected in [
            "timeout_ms out_of_range",
            "patience_ms out_of_range",
            "retry.max_attempts wrong_type",
            "retry.jitter unknown_choice",
            "circuit_breaker.failure_threshold wrong_type",
            "circuit_breaker.reset unknown_field",
        ] {
            assert!(
                complaints.contains(&format!("{execution}.{expected}")),
                "{complaints:?}"
            );
        }
    }
}
