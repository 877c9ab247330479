//! Events as clients see them: one flat JSON object each.

use serde_json::{Map, Value};

use crate::event::{Event, SESSION_NODE};
use crate::time::MediaTime;

/// The event as a flat object: `type`, `node_id` (null for the session's own events),
/// `media_time_samples` at `sample_rate`, `media_time_ms`, `detected_at_ms`, `detection_delay_ms`, and
/// the fields of its kind.
///
/// All times are on the session's media timeline, `sample_rate` is the rate of the session's input.
/// `media_time_samples` is exact; milliseconds are rounded to microseconds. The session's id and the
/// running number are added by whoever knows them.
pub fn to_json(event: &Event, node_ids: &[String], sample_rate: u32) -> Map<String, Value> {
    let mut fields = match serde_json::to_value(&event.kind) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("every kind of event is a struct with plain fields"),
    };
    fields.values_mut().for_each(shorten);

    // What every event has comes first, as people read it.
    let mut json = Map::with_capacity(fields.len() + 6);
    json.extend(fields.shift_remove_entry("type"));
    let node_id = match event.node {
        SESSION_NODE => None,
        node => node_ids.get(usize::from(node)).map(String::as_str),
    };
    json.insert("node_id".into(), node_id.into());
    let samples = event.time.to_samples(sample_rate);
    json.insert("media_time_samples".into(), samples.into());
    json.insert("sample_rate".into(), sample_rate.into());
    json.insert("media_time_ms".into(), ms(event.time));
    json.insert("detected_at_ms".into(), ms(event.detected));
    json.insert("detection_delay_ms".into(), ms(event.detected - event.time));
    json.extend(fields);
    json
}

/// Makes every f64 print like the f32 it was: 0.9, not 0.8999999761581421.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or_default() as f32;
            *value = number.to_string().parse::<f64>().unwrap_or_default().into();
        }
        _ => {}
    }
}

fn ms(time: MediaTime) -> Value {
    ((time.to_ms() * 1000.0).round() / 1000.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, SpeechReason, Utterance};
    use serde_json::json;

    fn object(node: u8, kind: EventKind) -> Value {
        let event = Event {
            node,
            time: MediaTime::from_samples(12_345, 48_000),
            detected: MediaTime::from_ms(550),
            kind,
        };
        Value::Object(to_json(&event, &["highpass".into(), "vad".into()], 48_000))
    }

    #[test]
    fn a_speech_event_has_its_place_its_delay_and_its_fields() {
        let json = object(
            1,
            EventKind::SpeechStarted {
                probability: 0.9,
                level_dbfs: -31.4,
                reason: SpeechReason::Threshold,
                prefix_padding_ms: 300.0,
            },
        );
        assert_eq!(
            json,
            json!({
                "type": "speech_started", "node_id": "vad",
                "media_time_samples": 12_345, "sample_rate": 48_000, "media_time_ms": 257.188,
                "detected_at_ms": 550.0, "detection_delay_ms": 292.813,
                "probability": 0.9, "level_dbfs": -31.4, "reason": "threshold", "prefix_padding_ms": 300.0,
            })
        );
    }

    #[test]
    fn an_event_of_the_session_has_no_node() {
        let kind = EventKind::VadProbability {
            probability: 0.5,
            speech: false,
        };
        assert_eq!(object(SESSION_NODE, kind)["node_id"], Value::Null);
    }

    #[test]
    fn an_utterance_leaves_its_samples_out() {
        let json = object(
            0,
            EventKind::Utterance(Box::new(Utterance {
                index: 3,
                duration_ms: 20.0,
                probability: 0.25,
                reason: SpeechReason::MaxDuration,
                continues: true,
                audio_sample_rate: 16_000,
                samples: vec![0; 320],
            })),
        );
        assert_eq!(json["type"], "utterance");
        assert_eq!(json["index"], 3);
        assert_eq!(json["reason"], "max_duration");
        assert_eq!(json.get("samples"), None);
    }
}
