//! The entries of `connections`.

use serde_json::Value;

use super::fields::Fields;
use crate::complaint::{Complaints, code, quote};
use crate::nearest::nearest;

const FIELDS: &[&str] = &["from", "to", "from_port", "to_port"];

/// Longer lists are not read: 64 nodes have 2016 pairs, each of which may have one connection for the audio
/// and one for the events.
const MOST_CONNECTIONS: usize = 2 * 2016;

/// A connection of a sound manifest; at least one of `audio` and `events` is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it enters.
    pub to: usize,
    /// Whether it carries the audio.
    pub audio: bool,
    /// Whether it carries the events.
    pub events: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Port {
    Audio,
    Events,
}

const PORTS: &[(&str, Port)] = &[("audio", Port::Audio), ("events", Port::Events)];

/// Reads all connections between the nodes called `ids`. Absent, there are none.
pub(super) fn read(
    fields: &Fields<'_>,
    ids: &[&str],
    complaints: &mut Complaints,
) -> Vec<Connection> {
    let items = fields
        .list("connections", MOST_CONNECTIONS, complaints)
        .unwrap_or_default();
    let mut connections: Vec<Connection> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if complaints.is_full() {
            break;
        }
        let path = format!("connections[{index}]");
        let Some(connection) = read_one(item, &path, ids, complaints) else {
            continue;
        };
        if connections
            .iter()
            .any(|earlier| overlap(earlier, &connection))
        {
            let (from, to) = (quote(ids[connection.from]), quote(ids[connection.to]));
            let message = format!("{from} is connected to {to} already.");
            complaints.add(
                path,
                code::DUPLICATE_CONNECTION,
                message,
                "Take one of the two out.",
            );
            continue;
        }
        connections.push(connection);
    }
    connections
}

fn overlap(a: &Connection, b: &Connection) -> bool {
    let carry_the_same = (a.audio && b.audio) || (a.events && b.events);
    a.from == b.from && a.to == b.to && carry_the_same
}

fn read_one(
    item: &Value,
    path: &str,
    ids: &[&str],
    complaints: &mut Complaints,
) -> Option<Connection> {
    let fields = Fields::read(item, path.to_owned(), FIELDS, complaints)?;
    let from = read_end("from", &fields, ids, complaints);
    let to = read_end("to", &fields, ids, complaints);
    let from_port = read_port("from_port", &fields, complaints);
    let to_port = read_port("to_port", &fields, complaints);
    let (from, to) = (from?, to?);
    if from == to {
        let message = format!("{} is connected to itself.", quote(ids[from]));
        complaints.add(path, code::SELF_LOOP, message, "Take this connection out.");
        return None;
    }
    let carries = |port| from_port.is_none_or(|p| p == port) && to_port.is_none_or(|p| p == port);
    let (audio, events) = (carries(Port::Audio), carries(Port::Events));
    if !audio && !events {
        let message = "One end is for audio, the other for events.";
        complaints.add(
            path,
            code::UNSUPPORTED_PORT,
            message,
            "Give both ends the same port.",
        );
        return None;
    }
    Some(Connection {
        from,
        to,
        audio,
        events,
    })
}

fn read_end(
    name: &str,
    fields: &Fields<'_>,
    ids: &[&str],
    complaints: &mut Complaints,
) -> Option<usize> {
    let id = fields.required_text(name, complaints)?;
    let found = ids.iter().position(|known| *known == id && !id.is_empty());
    if found.is_none() {
        complaints.add(
            fields.path(name),
            code::UNKNOWN_ENDPOINT,
            format!("There is no node {}.", quote(id)),
            match nearest(id, ids.iter().copied()) {
                Some(meant) => format!("Did you mean {}?", quote(meant)),
                None => "Connections name nodes by their `id`.".into(),
            },
        );
    }
    found
}

fn read_port(name: &str, fields: &Fields<'_>, complaints: &mut Complaints) -> Option<Port> {
    let word = fields.text(name, complaints)?;
    let found = PORTS.iter().find(|(port, _)| *port == word);
    if found.is_none() {
        complaints.add(
            fields.path(name),
            code::UNSUPPORTED_PORT,
            format!("There is no port {}.", quote(word)),
            "Ports are `audio` and `events`; without one, a connection carries both.",
        );
    }
    found.map(|&(_, port)| port)
}
