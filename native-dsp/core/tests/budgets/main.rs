//! What the nodes may cost: `tests/budgets/budgets.json` against the nodes of this build.
//!
//! Cost is counted in dot products of 4 800 values, measured in the same run and in turns with the node, so the
//! machine cancels out, and so does most of what else it is doing. After a change that is meant to cost more, and
//! for a new node, `make budgets` writes the file anew; its diff is part of the change.

#[path = "../contract/allocation.rs"]
mod allocation;
mod measure;

use std::collections::BTreeMap;

use remotemedia_core::catalogue;
use remotemedia_core::spec::NodeSpec;
use serde_json::{Value, json};

use measure::{Cost, cost};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/budgets/budgets.json"
);
/// How far a node may be above its budget: less than the noise of a busy machine would be noticed for nothing.
const TOLERANCE: f64 = 2.0;
/// And what is not worth noticing, in the same unit.
const SLACK: f64 = 0.15;
/// What is too slow once may have met a busy moment; what is too slow every time is too slow.
const ATTEMPTS: usize = 4;

fn budgeted() -> impl Iterator<Item = &'static NodeSpec> {
    let all = catalogue::all().iter().copied();
    all.filter(|spec| spec.node_type != "FaultNode" && spec.build.audio().is_some())
}

fn committed() -> Value {
    let text = std::fs::read_to_string(FILE).expect("tests/budgets/budgets.json");
    serde_json::from_str(&text).expect("valid JSON")
}

/// What is wrong with the cost of a node that has this budget; `measure` may be asked again.
fn verdict(budget: Option<&Value>, measure: impl Fn() -> Cost) -> Option<String> {
    let Some(budget) = budget else {
        return Some("has no budget".to_owned());
    };
    let allowed = budget["cost"].as_f64()? * TOLERANCE + SLACK;
    let allocations = budget["allocations"].as_u64()?;
    // Most nodes give no payloads, and their budgets do not speak of them.
    let payloads = budget["payload_allocations"].as_u64().unwrap_or(0);
    let mut least = f64::MAX;
    for _ in 0..ATTEMPTS {
        let found = measure();
        if found.allocations > allocations {
            return Some(format!(
                "allocates {} times in the measured stretch beyond its payloads; {allocations} are budgeted",
                found.allocations
            ));
        }
        if found.payload_allocations > payloads {
            return Some(format!(
                "allocates {} times for payloads in the measured stretch; {payloads} are budgeted",
                found.payload_allocations
            ));
        }
        least = least.min(found.cost);
        if least <= allowed {
            return None;
        }
    }
    Some(format!(
        "costs {least:.2} dot products a frame; {allowed:.2} are allowed"
    ))
}

#[test]
fn every_node_stays_within_its_budget() {
    let budgets = committed();
    let complaints: Vec<String> = budgeted()
        .filter_map(|spec| {
            let complaint = verdict(budgets["nodes"].get(spec.node_type), || cost(spec, 1))?;
            Some(format!("{} {complaint}", spec.node_type))
        })
        .collect();
    assert!(
        complaints.is_empty(),
        "{}\nIf that is meant so: make budgets, and commit tests/budgets/budgets.json",
        complaints.join("\n")
    );
}

#[test]
fn budgets_are_of_nodes_that_exist() {
    let budgets = committed();
    for name in budgets["nodes"].as_object().expect("nodes").keys() {
        assert!(
            budgeted().any(|spec| spec.node_type == name),
            "{name} is no node: make budgets"
        );
    }
}

#[test]
fn a_node_that_takes_four_times_as_long_is_caught() {
    let budgets = committed();
    for name in ["DenoiseNode", "HighPassNode", "SileroVADNode"] {
        let spec = budgeted().find(|spec| spec.node_type == name).expect(name);
        let complaint = verdict(budgets["nodes"].get(name), || cost(spec, 4));
        assert!(
            complaint.is_some_and(|text| text.starts_with("costs")),
            "{name}"
        );
    }
}

#[test]
fn a_node_that_begins_to_allocate_or_has_no_budget_is_caught() {
    let budget = json!({ "cost": 1.0, "allocations": 0, "payload_allocations": 2 });
    let complaint = |budget, allocations, payload_allocations| {
        verdict(budget, || Cost {
            cost: 0.5,
            allocations,
            payload_allocations,
        })
    };
    assert_eq!(complaint(Some(&budget), 0, 2), None);
    for (allocations, payload_allocations) in [(1, 2), (0, 3)] {
        let text = complaint(Some(&budget), allocations, payload_allocations);
        assert!(text.is_some_and(|text| text.starts_with("allocates")));
    }
    assert!(complaint(None, 0, 0).is_some());
}

/// Not a test: `make budgets`.
#[test]
#[ignore = "writes tests/budgets/budgets.json"]
fn write_budgets() {
    let nodes: BTreeMap<&str, Value> = budgeted()
        .map(|spec| {
            let costs: Vec<Cost> = (0..ATTEMPTS).map(|_| cost(spec, 1)).collect();
            let least = costs.iter().map(|it| it.cost).fold(f64::MAX, f64::min);
            let rounded = (least * 1e3).round() / 1e3;
            let mut entry = json!({ "cost": rounded, "allocations": costs[0].allocations });
            if costs[0].payload_allocations > 0 {
                entry["payload_allocations"] = json!(costs[0].payload_allocations);
            }
            (spec.node_type, entry)
        })
        .collect();
    let mut budgets = committed();
    budgets["nodes"] = json!(nodes);
    let text = serde_json::to_string_pretty(&budgets).expect("plain JSON");
    std::fs::write(FILE, text + "\n").expect("tests/budgets/budgets.json");
}
