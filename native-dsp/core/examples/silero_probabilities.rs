//! Reads 16 kHz mono f32 little-endian samples from stdin and prints one speech probability a window.

use std::io::{Read, Write};

use remotemedia_core::dsp::silero::{SileroNetwork, WINDOW_SAMPLES};

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let samples: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|value| f32::from_le_bytes([value[0], value[1], value[2], value[3]]))
        .collect();
    let mut network = SileroNetwork::new();
    let mut output = std::io::stdout().lock();
    for window in samples.as_chunks::<WINDOW_SAMPLES>().0 {
        writeln!(output, "{}", network.probability(window))?;
    }
    Ok(())
}
