//! The caller's end of one media thread.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use mio::Waker;
use rtrb::{Consumer, Producer};

use crate::counters::ThreadCounters;
use crate::error::PlaneError;
use crate::links::{Command, Datagram, Failure, Upward};
use crate::socket::Sender;

/// Commands that may wait for a thread that takes none.
const MAX_UNSENT: usize = 4096;

pub(crate) struct ThreadLink {
    pub commands: Producer<Command>,
    /// Commands that found the ring full.
    pub unsent: VecDeque<Command>,
    pub waker: Arc<Waker>,
    pub upward: Consumer<Upward>,
    pub datagrams: Consumer<Datagram>,
    pub counters: Arc<ThreadCounters>,
    /// For the caller's own datagrams, and to ask this socket for its losses.
    pub sender: Option<Sender>,
    pub thread: Option<JoinHandle<()>>,
    /// Sessions placed here.
    pub sessions: usize,
    /// Why the thread ended by itself.
    pub death: Arc<OnceLock<String>>,
    pub is_buried: bool,
}

impl ThreadLink {
    pub fn is_alive(&self) -> bool {
        self.death.get().is_none()
    }

    /// Passes a command on. A dead thread needs none: its sessions are gone.
    pub fn command(&mut self, command: Command) -> Result<(), PlaneError> {
        if self.unsent.len() >= MAX_UNSENT {
            return Err(PlaneError::Busy);
        }
        self.command_anyway(command);
        Ok(())
    }

    /// As [`ThreadLink::command`], however many wait: for what nobody would ask a second time.
    pub fn command_anyway(&mut self, command: Command) {
        if self.is_alive() {
            self.unsent.push_back(command);
            self.send_waiting();
        }
    }

    /// Passes on, in order, what waits for room.
    pub fn send_waiting(&mut self) {
        let mut is_any_sent = false;
        while let Some(command) = self.unsent.pop_front() {
            if let Err(rtrb::PushError::Full(command)) = self.commands.push(command) {
                self.unsent.push_front(command);
                break;
            }
            is_any_sent = true;
        }
        if is_any_sent {
            let _ = self.waker.wake();
        }
    }

    /// Once for a thread that died: why, for each of its sessions. Where others live, its socket is closed,
    /// so that the kernel gives what came there to them.
    pub fn bury(&mut self, others_live: bool) -> Option<Failure> {
        let message = self.death.get().filter(|_| !self.is_buried)?.clone();
        self.is_buried = true;
        self.unsent.clear();
        self.counters.sessions.store(0, Relaxed);
        if others_live {
            self.sender = None;
        }
        let code = "media_thread_failed";
        Some(Failure { code, message })
    }
}
