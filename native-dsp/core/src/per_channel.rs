//! What events say of each channel, without a heap: written as JSON arrays.

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::format::MAX_CHANNELS;

/// Some of the channels; in JSON the list of their indices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelSet(pub u8);

impl ChannelSet {
    /// How many they are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `channel` is among them.
    pub fn contains(self, channel: usize) -> bool {
        self.0 >> channel & 1 == 1
    }
}

impl Serialize for ChannelSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for channel in (0..usize::from(MAX_CHANNELS)).filter(|channel| self.contains(*channel)) {
            list.serialize_element(&channel)?;
        }
        list.end()
    }
}

/// A number for each channel; in JSON the list of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelValues {
    values: [f32; MAX_CHANNELS as usize],
    channels: u8,
}

impl ChannelValues {
    /// The value of every one of `channels` channels, which are at most [`MAX_CHANNELS`].
    pub fn of(channels: usize, value: impl Fn(usize) -> f32) -> Self {
        let mut values = [0.0; MAX_CHANNELS as usize];
        for (channel, slot) in values[..channels].iter_mut().enumerate() {
            *slot = value(channel);
        }
        Self {
            values,
            channels: channels as u8,
        }
    }

    /// Channel by channel.
    pub fn as_slice(&self) -> &[f32] {
        &self.values[..usize::from(self.channels)]
    }
}

impl Serialize for ChannelValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn channels_are_written_as_lists() {
        assert_eq!(json!(ChannelSet(0b1000_0101)), json!([0, 2, 7]));
        assert_eq!(json!(ChannelSet(0)), json!([]));
        let values = ChannelValues::of(2, |channel| 0.5 * channel as f32);
        assert_eq!(json!(values), json!([0.0, 0.5]));
    }
}
