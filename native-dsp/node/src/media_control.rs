//! `MediaPlane`: what is changed and overheard in running sessions.

use napi::bindgen_prelude::Env;
use napi_derive::napi;
use remotemedia_core::offline::{node_state, unknown_node};
use remotemedia_plane::{Handle, PlaneError};

use crate::error::Coded;
use crate::guard::guard;
use crate::media_plane::{MediaPlane, OpenSession};

#[napi]
impl MediaPlane {
    #[napi]
    pub fn set_node_state(
        &mut self,
        env: Env,
        handle: u32,
        node_id: String,
        state: String,
    ) -> napi::Result<()> {
        guard(&env, || {
            let state = node_state(&state)?;
            let handle = Handle::from_number(handle);
            let session = self.session_with(handle, &node_id)?;
            match &mut session.waiting {
                Some((_, graph)) => {
                    let switched = graph.set_node_state(&node_id, state);
                    switched.map_err(|_| unknown_node(&node_id, &session.graph_ids))?;
                    Ok(())
                }
                None => Ok(self.plane.set_node_state(handle, &node_id, state)?),
            }
        })
    }

    #[napi]
    pub fn tap(
        &mut self,
        env: Env,
        handle: u32,
        node_id: String,
        is_tapped: bool,
    ) -> napi::Result<()> {
        guard(&env, || {
            let handle = Handle::from_number(handle);
            let session = self.session_with(handle, &node_id)?;
            if session.waiting.is_some() {
                // Taken up when media starts.
                session.tapped.retain(|tapped| *tapped != node_id);
                session.tapped.extend(is_tapped.then_some(node_id));
                return Ok(());
            }
            Ok(self.plane.tap(handle, &node_id, is_tapped)?)
        })
    }

    #[napi]
    pub fn flush_audio(&mut self, env: Env, handle: u32) -> napi::Result<()> {
        guard(&env, || {
            Ok(self.plane.flush_audio(Handle::from_number(handle))?)
        })
    }
}

impl MediaPlane {
    fn session_with(&mut self, handle: Handle, node_id: &str) -> Result<&mut OpenSession, Coded> {
        let session = self.sessions.get_mut(&handle);
        let session = session.ok_or(PlaneError::UnknownHandle)?;
        match session.graph_ids.iter().any(|id| id == node_id) {
            true => Ok(session),
            false => Err(unknown_node(node_id, &session.graph_ids).into()),
        }
    }
}
