//! `MediaPlane`: the plane with sessions that run graphs.

use std::collections::HashMap;
use std::sync::Arc;

use napi::bindgen_prelude::{Env, Function, Uint8Array, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode::NonBlocking;
use napi_derive::napi;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::metrics::{PipelineRecorder, Totals};
use remotemedia_core::offline;
use remotemedia_plane::{Handle, MediaStart, Plane, PlaneError, monotonic_ns};
use remotemedia_session::{MediaSession, SessionConfig};

use crate::batch::Names;
use crate::guard::guard;
use crate::offline_pipeline::{HostPlace, host_places};
use crate::options::{
    MediaPlaneOptions, PlaneMediaOptions, PlaneSessionOptions, end_reason, local_address,
    socket_address,
};
use crate::{json_object, metrics, random, statistics};

/// Comments for callers are in `src/media-plane.ts`.
#[napi]
pub struct MediaPlane {
    pub(crate) plane: Plane,
    pub(crate) sessions: HashMap<Handle, OpenSession>,
    is_measured: bool,
    pipelines: Totals,
}

pub(crate) struct OpenSession {
    pub names: Names,
    /// Ids of the nodes that the graph runs.
    pub graph_ids: Vec<String>,
    /// Nodes that are to be tapped when media starts.
    pub tapped: Vec<String>,
    pub hosts: Vec<HostPlace>,
    /// Whether somebody runs the other parts of its pipeline.
    pub is_hosted: bool,
    pipeline: Option<String>,
    recorder: Option<Arc<PipelineRecorder>>,
    /// Until media starts.
    pub waiting: Option<(SessionConfig, Graph)>,
}

#[napi]
impl MediaPlane {
    #[napi(constructor)]
    pub fn new(
        env: Env,
        options: MediaPlaneOptions,
        wake: Function<'_, (), ()>,
    ) -> napi::Result<Self> {
        // Weak: the addon must not keep the process alive.
        let wake = wake
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        guard(&env, || {
            let ring = move || {
                // Fails only while the environment is being torn down.
                let _ = wake.call((), NonBlocking);
            };
            let plane = Plane::new(&options.config()?, Box::new(ring))?;
            Ok(Self {
                plane,
                sessions: HashMap::new(),
                is_measured: options.metrics.unwrap_or(true),
                pipelines: Totals::default(),
            })
        })
    }

    #[napi(getter)]
    pub fn port(&self) -> u16 {
        self.plane.port()
    }

    #[napi]
    pub fn open_session(&mut self, env: Env, options: PlaneSessionOptions) -> napi::Result<u32> {
        guard(&env, || {
            let config = options.config()?;
            let externals = offline::externals(options.externals.as_deref())?;
            let manifest = Manifest::parse_with(&options.manifest, &externals)?;
            manifest.check_runtime()?;
            let is_hosted = options.externals.is_some();
            let mut graph = match is_hosted {
                true => Graph::compile_hosted(&manifest, Format::VOICE)?,
                false => Graph::compile(&manifest, Format::VOICE)?,
            };
            let names = Names {
                node_ids: graph.node_ids().to_vec(),
                sample_rate: Format::VOICE.sample_rate,
            };
            let handle = self.plane.open_session(&options.local_ufrag)?;
            let recorder = self.is_measured.then(|| graph.measure(monotonic_ns));
            if let Some(recorder) = recorder.clone() {
                self.pipelines.enter(options.pipeline.as_deref(), recorder);
            }
            let session = OpenSession {
                names,
                graph_ids: graph.audio_node_ids(),
                tapped: Vec::new(),
                hosts: host_places(&mut graph),
                is_hosted,
                pipeline: options.pipeline,
                recorder,
                waiting: Some((config, graph)),
            };
            self.sessions.insert(handle, session);
            Ok(handle.to_number())
        })
    }

    #[napi]
    pub fn start_media(
        &mut self,
        env: Env,
        handle: u32,
        options: PlaneMediaOptions,
    ) -> napi::Result<()> {
        guard(&env, || {
            let handle = Handle::from_number(handle);
            let remote_address = socket_address(&options.remote_address, options.remote_port)?;
            let start = MediaStart {
                profile: options.profile()?,
                local: (&options.local_key, &options.local_salt),
                remote: (&options.remote_key, &options.remote_salt),
                remote_address,
                local_address: local_address(options.local_address.as_deref())?,
            };
            let session = self
                .sessions
                .get_mut(&handle)
                .ok_or(PlaneError::UnknownHandle)?;
            start.check()?;
            let (config, _) = session
                .waiting
                .as_mut()
                .ok_or(PlaneError::MediaAlreadyStarted)?;
            options.complete(config)?;
            let (mut config, graph) = session
                .waiting
                .take()
                .ok_or(PlaneError::MediaAlreadyStarted)?;
            config.unix_micros_at_zero = self.plane.unix_micros_at_zero();
            // RFC 3550, section 5.1: where sequence numbers and timestamps begin is random.
            config.first_sequence = random() as u16 & 0x7fff;
            config.first_timestamp = random() as u32;
            let media = MediaSession::new(config, graph)?;
            let tapped = std::mem::take(&mut session.tapped);
            self.plane.start_media(handle, &start, Box::new(media))?;
            for node_id in tapped {
                self.plane.tap(handle, &node_id, true)?;
            }
            Ok(())
        })
    }

    #[napi]
    pub fn set_remote_address(
        &mut self,
        env: Env,
        handle: u32,
        address: String,
        port: f64,
        local: Option<String>,
    ) -> napi::Result<()> {
        guard(&env, || {
            let (remote, local) = (
                socket_address(&address, port)?,
                local_address(local.as_deref())?,
            );
            Ok(self
                .plane
                .set_remote_address(Handle::from_number(handle), remote, local)?)
        })
    }

    #[napi]
    pub fn send_datagram(
        &mut self,
        env: Env,
        handle: u32,
        data: Uint8Array,
        address: String,
        port: f64,
        local: Option<String>,
    ) -> napi::Result<()> {
        guard(&env, || {
            let (to, local) = (
                socket_address(&address, port)?,
                local_address(local.as_deref())?,
            );
            Ok(self
                .plane
                .send_datagram(Handle::from_number(handle), &data, to, local)?)
        })
    }

    #[napi]
    pub fn stats<'env>(&self, env: &'env Env, handle: u32) -> napi::Result<Unknown<'env>> {
        let report = guard(env, || {
            Ok(self.plane.session_report(Handle::from_number(handle))?)
        })?;
        json_object(env, statistics::session(&report))
    }

    #[napi]
    pub fn plane_stats<'env>(&self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        json_object(env, statistics::plane(&self.plane.report()))
    }

    #[napi]
    pub fn metrics<'env>(
        &self,
        env: &'env Env,
        handle: u32,
    ) -> napi::Result<Option<Unknown<'env>>> {
        let report = guard(env, || {
            let session = self.sessions.get(&Handle::from_number(handle));
            let session = session.ok_or(PlaneError::UnknownHandle)?;
            let recorder = session.recorder.as_ref();
            Ok(recorder.map(|recorder| metrics::report(recorder, session.pipeline.as_deref())))
        })?;
        report.map(|report| json_object(env, report)).transpose()
    }

    #[napi]
    pub fn totals<'env>(&mut self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        let totals = guard(env, || {
            Ok(metrics::totals(
                &self.pipelines.export(),
                &self.plane.total(),
            ))
        })?;
        json_object(env, totals)
    }

    #[napi]
    pub fn end_input(&mut self, env: Env, handle: u32, reason: String) -> napi::Result<()> {
        guard(&env, || {
            Ok(self
                .plane
                .end_input(Handle::from_number(handle), end_reason(&reason)?)?)
        })
    }

    #[napi]
    pub fn close_session(&mut self, env: Env, handle: u32) -> napi::Result<()> {
        guard(&env, || {
            let handle = Handle::from_number(handle);
            self.sessions.remove(&handle);
            self.plane.close_session(handle);
            Ok(())
        })
    }

    #[napi]
    pub fn close(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.sessions.clear();
            self.plane.close();
            Ok(())
        })
    }
}
