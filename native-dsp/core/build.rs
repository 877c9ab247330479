//! Checks that the weights of the voice-activity detector are there and are the pinned ones.

use sha2::{Digest, Sha256};

const WEIGHTS: &str = "models/silero-v6.2.f32";
const PINS: &str = "models/silero-v6.2.sha256";
const REMEDY: &str = "run `npm install --ignore-scripts && node native-dsp/core/models/extract-silero.mjs` \
                      in the repository's root (`make build` does it)";

fn main() {
    println!("cargo::rerun-if-changed={WEIGHTS}");
    println!("cargo::rerun-if-changed={PINS}");
    if let Err(complaint) = check() {
        println!("cargo::error={complaint}: {REMEDY}");
    }
}

fn check() -> Result<(), String> {
    let pins = std::fs::read_to_string(PINS).map_err(|error| format!("{PINS}: {error}"))?;
    let pin = pins
        .lines()
        .find_map(|line| line.strip_suffix("  silero-v6.2.f32"))
        .ok_or(format!("{PINS} does not name the weights"))?;
    let weights = std::fs::read(WEIGHTS).map_err(|_| format!("{WEIGHTS} is missing"))?;
    let found = Sha256::digest(&weights);
    let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
    if found != pin {
        return Err(format!("{WEIGHTS} has SHA-256 {found}, expected {pin}"));
    }
    Ok(())
}
