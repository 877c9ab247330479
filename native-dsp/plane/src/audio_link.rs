//! Frames of audio between a media thread and JavaScript's: one writer, one reader, and no memory taken on the way. A frame that
//! finds no room is not taken, which its writer counts.

use remotemedia_core::format::Format;
use rtrb::{Consumer, Producer, RingBuffer};

/// Samples that may wait: a second of stereo at 48 kHz.
const SAMPLES: usize = 96_000;
/// Frames that may wait.
const FRAMES: usize = 256;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Index of its node in the manifest.
    pub node: u8,
    /// Rate and channels.
    pub format: Format,
    /// Its first sample, counted at this rate.
    pub position: i64,
}

/// Where frames go in.
pub(crate) struct AudioWriter {
    headers: Producer<(FrameHeader, usize)>,
    samples: Producer<f32>,
}

/// Where they come out.
pub(crate) struct AudioReader {
    headers: Consumer<(FrameHeader, usize)>,
    samples: Consumer<f32>,
}

/// Both ends. Their memory is touched only where it is used.
pub(crate) fn audio_link() -> (AudioWriter, AudioReader) {
    let (headers_in, headers) = RingBuffer::new(FRAMES);
    let (samples_in, samples) = RingBuffer::new(SAMPLES);
    (
        AudioWriter {
            headers: headers_in,
            samples: samples_in,
        },
        AudioReader { headers, samples },
    )
}

impl AudioWriter {
    /// Copies a frame in; false where there is no room.
    pub fn push(&mut self, header: FrameHeader, planes: &[f32]) -> bool {
        if self.headers.is_full() {
            return false;
        }
        let Ok(room) = self.samples.write_chunk_uninit(planes.len()) else {
            return false;
        };
        room.fill_from_iter(planes.iter().copied());
        // Last, so that whoever sees the header finds the samples.
        self.headers.push((header, planes.len())).is_ok()
    }

    /// Samples that wait, of all channels.
    pub fn waiting(&self) -> usize {
        SAMPLES - self.samples.slots()
    }
}

impl AudioReader {
    /// What the oldest frame is, and how many samples it has in all.
    pub fn peek(&self) -> Option<(FrameHeader, usize)> {
        self.headers.peek().ok().copied()
    }

    /// Takes the oldest frame out into `planes`, which is as long as [`AudioReader::peek`] says.
    pub fn pop_into(&mut self, planes: &mut [f32]) {
        if let Ok(samples) = self.samples.read_chunk(planes.len()) {
            let (first, second) = samples.as_slices();
            let (start, end) = planes.split_at_mut(first.len());
            start.copy_from_slice(first);
            end.copy_from_slice(second);
            samples.commit_all();
        }
        let _ = self.headers.pop();
    }

    /// Takes the oldest frame out, with its planes one after the other.
    pub fn pop(&mut self) -> Option<(FrameHeader, Vec<f32>)> {
        let (header, length) = self.headers.pop().ok()?;
        let samples = self.samples.read_chunk(length).ok()?;
        Some((header, samples.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(position: i64) -> (FrameHeader, Vec<f32>) {
        let header = FrameHeader {
            node: 3,
            format: Format::VOICE,
            position,
        };
        (header, vec![position as f32; 480])
    }

    #[test]
    fn frames_come_out_as_they_went_in_and_the_newest_finds_no_room() {
        let (mut writer, mut reader) = audio_link();
        let mut taken = 0;
        // Round the ring several times, and at last more than fits.
        for round in 0..10 {
            let most = if round == 9 { 1000 } else { 77 };
            let first = taken;
            for _ in 0..most {
                let (header, planes) = frame(taken);
                if !writer.push(header, &planes) {
                    break;
                }
                taken += 1;
            }
            assert_eq!(taken - first, if round == 9 { 200 } else { 77 });
            for position in first..taken {
                let (header, planes) = frame(position);
                assert_eq!(reader.peek(), Some((header, planes.len())));
                if position % 2 == 0 {
                    assert_eq!(reader.pop(), Some((header, planes)));
                } else {
                    let mut out = vec![0.0; planes.len()];
                    reader.pop_into(&mut out);
                    assert_eq!(out, planes);
                }
            }
            assert_eq!(writer.waiting(), 0);
            assert_eq!(reader.pop(), None);
        }
    }
}
