//! The caller's side of what is changed, overheard and answered in running sessions.

use remotemedia_core::graph::NodeState;

use crate::audio_link::{AudioReader, audio_link};
use crate::error::PlaneError;
use crate::handle::Handle;
use crate::host_line::HostEnd;
use crate::links::Command;
use crate::plane::Plane;
use crate::session::Uplink;

/// Where the frames of a session come out.
pub(crate) struct UplinkEnd {
    pub tapped: AudioReader,
    pub hosted: AudioReader,
}

/// Both ends of the way up.
pub(crate) fn uplink() -> (Uplink, UplinkEnd) {
    let (tapped, tapped_end) = audio_link();
    let (hosted, hosted_end) = audio_link();
    let end = UplinkEnd {
        tapped: tapped_end,
        hosted: hosted_end,
    };
    (Uplink { tapped, hosted }, end)
}

impl Plane {
    /// Switches a node of a session's graph off or on.
    pub fn set_node_state(
        &mut self,
        handle: Handle,
        node_id: &str,
        state: NodeState,
    ) -> Result<(), PlaneError> {
        let thread = self.started(handle)?;
        let command = Command::SetNodeState {
            handle,
            node_id: node_id.into(),
            state,
        };
        self.command(thread, command)
    }

    /// Begins or ends to take up the audio of a node of a session's graph.
    pub fn tap(
        &mut self,
        handle: Handle,
        node_id: &str,
        is_tapped: bool,
    ) -> Result<(), PlaneError> {
        let thread = self.started(handle)?;
        let is_first = is_tapped && !self.uplinks.contains_key(&handle);
        let (uplink, reader) = is_first.then(uplink).unzip();
        let command = Command::Tap {
            handle,
            node_id: node_id.into(),
            is_tapped,
            uplink: uplink.map(Box::new),
        };
        self.command(thread, command)?;
        self.uplinks.extend(reader.map(|reader| (handle, reader)));
        Ok(())
    }

    /// Hands planar audio of a node outside down: for a position, counted at the rate of its output, or after what waits already.
    /// Returns how many samples per channel there was room for.
    ///
    /// # Errors
    /// Unknown handles and places, and samples that are not as many of each channel.
    pub fn give_host_audio(
        &mut self,
        handle: Handle,
        host: usize,
        position: Option<i64>,
        planar: &[f32],
    ) -> Result<usize, PlaneError> {
        let end = self.host_end(handle, host)?;
        if !planar.len().is_multiple_of(end.channels()) {
            let message = format!(
                "there must be as many samples of each of {} channels",
                end.channels()
            );
            return Err(PlaneError::InvalidOptions(message));
        }
        Ok(end.give(position, planar))
    }

    /// Samples per channel of a node outside that are not played yet, and for how many frames its answer had not come.
    pub fn host_backlog(&mut self, handle: Handle, host: usize) -> Result<(u64, u64), PlaneError> {
        let end = self.host_end(handle, host)?;
        Ok((end.queued(), end.late()))
    }

    fn host_end(&mut self, handle: Handle, host: usize) -> Result<&mut HostEnd, PlaneError> {
        self.started(handle)?;
        let ends = self.hosts.get_mut(&handle);
        let end = ends.and_then(|ends| ends.get_mut(host));
        let none = || PlaneError::InvalidOptions("no node outside has this place".to_owned());
        end.ok_or_else(none)
    }

    /// Throws away what a session has not sent yet; [`Batch::flushed`] will tell how much that was.
    pub fn flush_audio(&mut self, handle: Handle) -> Result<(), PlaneError> {
        let thread = self.started(handle)?;
        self.command(thread, Command::FlushAudio { handle })
    }
}
