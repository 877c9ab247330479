//! `MediaPlane`: what is changed and overheard in running sessions.

use napi::bindgen_prelude::{Env, Float32Array};
use napi_derive::napi;
use remotemedia_core::offline::{node_state, unknown_node};
use remotemedia_plane::{Handle, PlaneError};

use crate::error::Coded;
use crate::guard::guard;
use crate::media_plane::{MediaPlane, OpenSession};
use crate::offline_pipeline::HostPlace;

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
    pub fn hosts(&self, env: Env, handle: u32) -> napi::Result<Vec<HostPlace>> {
        guard(&env, || {
            let session = self.sessions.get(&Handle::from_number(handle));
            let session = session.ok_or(PlaneError::UnknownHandle)?;
            Ok(session.hosts.clone())
        })
    }

    #[napi]
    pub fn give_host_audio(
        &mut self,
        env: Env,
        handle: u32,
        host: u32,
        position: f64,
        samples: Float32Array,
    ) -> napi::Result<u32> {
        guard(&env, || {
            let handle = Handle::from_number(handle);
            let position = (position >= 0.0).then_some(position as i64);
            let taken = self
                .plane
                .give_host_audio(handle, host as usize, position, &samples)?;
            Ok(taken as u32)
        })
    }

    #[napi]
    pub fn host_queued(&mut self, env: Env, handle: u32, host: u32) -> napi::Result<f64> {
        let handle = Handle::from_number(handle);
        guard(&env, || {
            Ok(self.plane.host_backlog(handle, host as usize)?.0 as f64)
        })
    }

    #[napi]
    pub fn host_late(&mut self, env: Env, handle: u32, host: u32) -> napi::Result<f64> {
        let handle = Handle::from_number(handle);
        guard(&env, || {
            Ok(self.plane.host_backlog(handle, host as usize)?.1 as f64)
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
