//! Tells stretches of media that were not received as sent.

use remotemedia_core::event::{Event, EventKind, EventQueue, GapCause, GapFill, SESSION_NODE};
use remotemedia_core::time::MediaTime;

/// Merges what is filled frame by frame into one event for each stretch.
#[derive(Debug)]
pub struct GapReporter {
    sample_rate: u32,
    open: Option<Stretch>,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: i64,
    end: i64,
    cause: GapCause,
    fill: GapFill,
}

impl GapReporter {
    /// For positions that count samples at `sample_rate` Hz.
    pub fn new(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            open: None,
        }
    }

    /// Notes that the `samples` from position `start` were filled. A stretch of another kind, or
    /// elsewhere, is ended and reported first.
    pub fn extend(
        &mut self,
        start: i64,
        samples: i64,
        (cause, fill): (GapCause, GapFill),
        events: &mut EventQueue,
    ) {
        if samples <= 0 {
            return;
        }
        let end = start + samples;
        match &mut self.open {
            Some(open) if (open.end, open.cause, open.fill) == (start, cause, fill) => {
                open.end = end;
            }
            _ => {
                self.finish(start, events);
                self.open = Some(Stretch {
                    start,
                    end,
                    cause,
                    fill,
                });
            }
        }
    }

    /// Reports the open stretch, if any: real audio begins, or the input ends, at `position`.
    pub fn finish(&mut self, position: i64, events: &mut EventQueue) {
        let Some(gap) = self.open.take() else { return };
        let time = |samples| MediaTime::from_samples(samples, self.sample_rate);
        events.push(Event {
            node: SESSION_NODE,
            time: time(gap.start),
            detected: time(position.max(gap.end)),
            internal: false,
            kind: EventKind::Gap {
                cause: gap.cause,
                filled_with: gap.fill,
                duration_ms: time(gap.end - gap.start).to_ms() as f32,
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_frames_of_one_kind_are_one_event() {
        let mut gaps = GapReporter::new(48_000);
        let mut events = EventQueue::with_capacity(8);
        let concealed = (GapCause::Loss, GapFill::Concealment);
        gaps.extend(960, 960, concealed, &mut events);
        gaps.extend(1920, 960, concealed, &mut events);
        gaps.extend(2880, 480, (GapCause::Loss, GapFill::Silence), &mut events);
        gaps.finish(3360, &mut events);
        gaps.finish(4320, &mut events);
        let seen: Vec<_> = events
            .as_slice()
            .iter()
            .map(|event| match event.kind {
                EventKind::Gap { duration_ms, .. } => (event.time.to_ms(), duration_ms),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(seen, [(20.0, 40.0), (60.0, 10.0)]);
    }
}
