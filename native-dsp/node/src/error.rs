//! Errors as JavaScript sees them: an `Error` with a stable `code`, for manifests all `complaints`, and for a
//! failing node of a pipeline of values, which one and on what.

use napi::bindgen_prelude::{Env, JsValue, Object};
use napi::{Error, Status};
use remotemedia_core::complaint::Complaint;
use remotemedia_core::offline::OfflineError;
use remotemedia_core::values::NodeError;
use remotemedia_plane::PlaneError;
use remotemedia_session::SessionError;

/// What went wrong, before it becomes a JavaScript object.
pub struct Coded {
    code: &'static str,
    message: String,
    complaints: Vec<Complaint>,
    failure: Option<Box<NodeError>>,
}

impl Coded {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            complaints: Vec::new(),
            failure: None,
        }
    }

    pub fn options(message: impl Into<String>) -> Self {
        Self::new("invalid_options", message)
    }

    /// The error to throw. If JavaScript has no room for the object, a plain one says the same.
    pub fn throw(self, env: &Env) -> Error {
        let plain = format!("{}: {}", self.code, self.message);
        match self.object(env) {
            Ok(object) => Error::from(object.to_unknown()),
            Err(_) => Error::new(Status::GenericFailure, plain),
        }
    }

    fn object<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut object =
            env.create_error(Error::new(Status::GenericFailure, self.message.clone()))?;
        object.set("code", self.code)?;
        if self.code == "invalid_manifest" {
            let mut complaints = env.create_array(0)?;
            for complaint in &self.complaints {
                let mut entry = Object::new(env)?;
                entry.set("path", complaint.path.as_str())?;
                entry.set("code", complaint.code)?;
                entry.set("message", complaint.message.as_str())?;
                entry.set("hint", complaint.hint.as_str())?;
                if let Some(place) = complaint.place {
                    entry.set("line", place.line)?;
                    entry.set("column", place.column)?;
                }
                complaints.insert(entry)?;
            }
            object.set("complaints", complaints)?;
        }
        if let Some(failure) = &self.failure {
            object.set("nodeId", failure.node_id.as_str())?;
            object.set("inputIndex", failure.input_index as f64)?;
            object.set("hint", failure.error.hint.as_str())?;
        }
        Ok(object)
    }
}

impl From<OfflineError> for Coded {
    fn from(error: OfflineError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            complaints: error.complaints,
            failure: error.failure,
        }
    }
}

impl From<Vec<Complaint>> for Coded {
    fn from(complaints: Vec<Complaint>) -> Self {
        OfflineError::from(complaints).into()
    }
}

impl From<PlaneError> for Coded {
    fn from(error: PlaneError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<SessionError> for Coded {
    fn from(error: SessionError) -> Self {
        Self::new(error.code, error.message)
    }
}
