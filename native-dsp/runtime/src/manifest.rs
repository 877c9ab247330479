//! Manifests from files.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use remotemedia_core::complaint::Complaint;
use remotemedia_core::manifest as core;
use serde_json::Value;

/// Longest file that is read; a manifest may have no more either.
const LONGEST_BYTES: u64 = core::LONGEST_TEXT_BYTES as u64;

/// A sound manifest, and the input that its file brought along.
#[derive(Clone, Debug)]
pub struct Manifest {
    manifest: core::Manifest,
    input: Option<Value>,
}

impl Manifest {
    /// Reads a file: a manifest in JSON or YAML, or `{"manifest": …, "input_data": …}` in JSON. `${NAME}` and `${NAME:-default}` in
    /// its values are replaced from the environment of the process.
    ///
    /// # Errors
    /// Where it cannot be read, and everything that is wrong with it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let failed = |cause| FileError {
            path: path.to_owned(),
            cause,
        };
        let text = read(path).map_err(|error| failed(Cause::Unreadable(error)))?;
        core::interpolate(&text, &environment())
            .and_then(|mut result| {
                // Complaints about a manifest that comes with its input say nothing of what it is wrapped in.
                for it in &mut result.replaced {
                    it.path = it.path.trim_start_matches("manifest.").to_owned();
                }
                let complaints = |list| core::as_written(list, &result.replaced);
                Self::from_text(&result.text).map_err(complaints)
            })
            .map_err(|complaints| failed(Cause::Unsound(complaints)))
    }

    /// The same for a text, in which references to variables stay as they are.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, Vec<Complaint>> {
        let wrapper = serde_json::from_str::<Value>(text).ok();
        let wrapper = wrapper.filter(|value| value["manifest"].is_object());
        Ok(match wrapper {
            Some(mut wrapper) => Self {
                manifest: core::Manifest::from_value(&wrapper["manifest"])?,
                input: wrapper.get_mut("input_data").map(Value::take),
            },
            None => Self {
                manifest: core::Manifest::parse(text)?,
                input: None,
            },
        })
    }

    /// What the file wants it to be executed on.
    pub fn input(&self) -> Option<&Value> {
        self.input.as_ref()
    }
}

impl Deref for Manifest {
    type Target = core::Manifest;

    fn deref(&self) -> &core::Manifest {
        &self.manifest
    }
}

/// Variables that are no Unicode cannot be meant: a manifest is.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn read(path: &Path) -> io::Result<String> {
    let bytes = std::fs::metadata(path)?.len();
    if bytes > LONGEST_BYTES {
        let message = format!("it has {bytes} bytes; at most {LONGEST_BYTES} are permitted");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read_to_string(path)
}

/// Why a file is no manifest.
#[derive(Debug)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub cause: Cause,
}

/// What can be wrong with a file.
#[derive(Debug)]
pub enum Cause {
    /// It cannot be read.
    Unreadable(io::Error),
    /// What it says is not sound: all complaints.
    Unsound(Vec<Complaint>),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.cause {
            Cause::Unreadable(error) => error.fmt(f),
            Cause::Unsound(complaints) => {
                f.write_str("the manifest cannot be used")?;
                complaints
                    .iter()
                    .try_for_each(|complaint| write!(f, "\n  {complaint}"))
            }
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Unreadable(error) => Some(error),
            Cause::Unsound(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Manifest::from_file("/nowhere/pipeline.json").unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/pipeline.json: "),
            "{error}"
        );
    }

    #[test]
    fn a_file_may_name_variables_and_its_faults_have_their_place() {
        let path = std::env::temp_dir().join(format!("remotemedia-{}.yaml", std::process::id()));
        let text = "version: v1\nnodes:\n- {id: a, node_type: \"${NO_SUCH_NODE:-Echo}\"}\n- {id: \"${NO_SUCH_ID}\", node_type: Echo}\n";
        std::fs::write(&path, text).unwrap();
        let error = Manifest::from_file(&path).unwrap_err().to_string();
        std::fs::write(&path, text.replace("${NO_SUCH_ID}", "b")).unwrap();
        let manifest = Manifest::from_file(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(error.contains("4:8: nodes[1].id: "), "{error}");
        assert_eq!(manifest.nodes()[0].spec.node_type, "Echo");
    }

    #[test]
    fn what_a_variable_holds_is_told_in_no_complaint() {
        let path = std::env::temp_dir().join(format!("remotemedia-told-{}", std::process::id()));
        let bare = r#"{"version": "v1", "nodes": [{"id": "a", "node_type": "GainNode", "params": {"gain_db": "at ${PATH}"}}]}"#;
        let secret = &std::env::var("PATH").unwrap()[..8];
        for text in [bare.to_owned(), format!("{{\"manifest\": {bare}}}")] {
            std::fs::write(&path, text).unwrap();
            let error = Manifest::from_file(&path).unwrap_err().to_string();
            assert!(error.contains("found the text `at ${PATH}`"), "{error}");
            assert!(!error.contains(secret), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_file_may_bring_its_input_along() {
        let text = r#"{"manifest": {"version": "v1", "nodes": [{"id": "a", "node_type": "Echo"}]}, "input_data": [0]}"#;
        let manifest = Manifest::from_text(text).unwrap();
        assert_eq!(manifest.input(), Some(&serde_json::json!([0])));
        assert_eq!(manifest.nodes()[0].id, "a");
    }

    #[test]
    fn every_fault_is_told() {
        let text = r#"{"version": "v2", "nodes": [{"id": "a", "node_type": "Ecko"}]}"#;
        assert_eq!(Manifest::from_text(text).unwrap_err().len(), 2);
    }
}
