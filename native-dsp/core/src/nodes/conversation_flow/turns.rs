//! Turns of a conversation, out of who speaks in each frame.

use crate::format::MAX_CHANNELS;
use crate::per_channel::ChannelSet;

/// Frames after which the same speaker begins another turn: 1 s.
const LONGEST_PAUSE: u32 = 100;
const CHANNELS: usize = MAX_CHANNELS as usize;

/// How a stretch of conversation went. All lengths are in frames.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Flow {
    /// In which each channel speaks.
    pub talk: [u32; CHANNELS],
    pub turns: u32,
    /// Of all turns together.
    pub turn_frames: u32,
    pub interruptions: u32,
    pub longest_silence: u32,
}

/// Who has the floor, in frames since the start.
struct Turn {
    channel: usize,
    first: u32,
    /// After the last in which the speaker was heard.
    end: u32,
}

impl Flow {
    /// Looks at the frames once.
    pub fn of(frames: impl Iterator<Item = ChannelSet>) -> Self {
        let mut flow = Self::default();
        let mut turn: Option<Turn> = None;
        let mut since = [0; CHANNELS];
        let mut before = ChannelSet(0);
        let mut silence = 0;
        for (now, active) in (0..).zip(frames) {
            silence = if active.is_empty() { silence + 1 } else { 0 };
            flow.longest_silence = flow.longest_silence.max(silence);
            for channel in (0..CHANNELS).filter(|channel| active.contains(*channel)) {
                flow.talk[channel] += 1;
                if !before.contains(channel) {
                    since[channel] = now;
                }
            }
            before = active;
            if let Some(turn) = &mut turn
                && active.contains(turn.channel)
                && now - turn.end <= LONGEST_PAUSE
            {
                turn.end = now + 1;
                continue;
            }
            // Of those who could take the floor, the one who has spoken for longest does.
            let speakers = (0..CHANNELS).filter(|channel| active.contains(*channel));
            let Some(channel) = speakers.min_by_key(|channel| since[*channel]) else {
                continue;
            };
            let next = Turn {
                channel,
                first: since[channel],
                end: now + 1,
            };
            if let Some(last) = turn.replace(next) {
                flow.interruptions += u32::from(since[channel] < last.end);
                flow.count(&last);
            }
        }
        if let Some(last) = turn {
            flow.count(&last);
        }
        flow
    }

    fn count(&mut self, turn: &Turn) {
        self.turns += 1;
        self.turn_frames += turn.end - turn.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each stretch: how many frames, and who speaks.
    fn flow(stretches: &[(usize, u8)]) -> Flow {
        let frames = stretches
            .iter()
            .flat_map(|(length, set)| std::iter::repeat_n(ChannelSet(*set), *length));
        Flow::of(frames)
    }

    fn summary(stretches: &[(usize, u8)]) -> (u32, u32, u32, u32) {
        let flow = flow(stretches);
        (
            flow.turns,
            flow.turn_frames,
            flow.interruptions,
            flow.longest_silence,
        )
    }

    #[test]
    fn a_short_pause_is_part_of_a_turn_and_a_long_one_ends_it() {
        assert_eq!(summary(&[(50, 1), (100, 0), (50, 1)]), (1, 200, 0, 100));
        assert_eq!(summary(&[(50, 1), (101, 0), (50, 1)]), (2, 100, 0, 101));
    }

    #[test]
    fn who_says_yes_while_another_speaks_has_no_turn() {
        assert_eq!(summary(&[(100, 1), (40, 3), (100, 1)]), (1, 240, 0, 0));
        assert_eq!(flow(&[(100, 1), (40, 3), (100, 1)]).talk[..2], [240, 40]);
    }

    #[test]
    fn who_goes_on_when_the_other_stops_has_interrupted() {
        assert_eq!(summary(&[(100, 1), (40, 3), (100, 2)]), (2, 280, 1, 0));
        assert_eq!(summary(&[(100, 1), (20, 0), (100, 2)]), (2, 200, 0, 20));
    }

    #[test]
    fn silence_has_no_turns() {
        assert_eq!(summary(&[(300, 0)]), (0, 0, 0, 300));
        assert_eq!(Flow::of(std::iter::empty()), Flow::default());
    }
}
