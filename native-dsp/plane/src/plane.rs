//! The caller's side of the plane: opens and closes sessions, and takes up what the media threads leave.
//! No call waits for a media thread, except the closing of the whole.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use remotemedia_core::event::EndReason;
use remotemedia_core::metrics::Ledger;

use crate::clock::Clock;
use crate::config::{MediaStart, PlaneConfig, check_address};
use crate::counters::{Discard, SessionCounters};
use crate::error::PlaneError;
use crate::handle::{Handle, Slots};
use crate::host_line::{HostEnd, host_line};
use crate::links::{Command, Upward};
use crate::media::Media;
use crate::plane_control::{UplinkEnd, uplink};
use crate::report::{Batch, PlaneReport, Quantiles, SessionReport};
use crate::routes::Route;
use crate::session::Session;
use crate::socket::Sender;
use crate::start::start;
use crate::thread::Alarm;
use crate::thread_link::ThreadLink;
use crate::total::MediaTotal;

/// Addresses of a session that the threads are told of.
const MAX_ANNOUNCED: usize = 32;

/// One UDP port, its media threads and their sessions. Dropping it closes it.
pub struct Plane {
    port: u16,
    clock: Clock,
    slots: Slots<Entry>,
    ufrags: HashSet<Box<[u8]>>,
    /// Empty once closed.
    threads: Vec<ThreadLink>,
    alarm: Arc<Alarm>,
    stop: Arc<AtomicBool>,
    /// Of the sessions of which a node has been tapped, or with nodes outside that hear.
    pub(crate) uplinks: HashMap<Handle, UplinkEnd>,
    /// Of the sessions with nodes outside, by place.
    pub(crate) hosts: HashMap<Handle, Vec<HostEnd>>,
    dropped_before: u64,
    ledger: Ledger<SessionCounters, MediaTotal>,
}

struct Entry {
    ufrag: Box<[u8]>,
    thread: usize,
    announced: Vec<SocketAddr>,
    is_started: bool,
    counters: Arc<SessionCounters>,
}

impl Plane {
    /// Opens the port and starts the threads. `ring` is called from them when there is something to
    /// [`Plane::drain`]: once, until it was drained.
    pub fn new(
        config: &PlaneConfig,
        ring: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, PlaneError> {
        check_range("threads", config.threads, 64)?;
        check_range("maxSessions", config.max_sessions, usize::from(u16::MAX))?;
        let clock = Clock::start();
        let alarm = Arc::new(Alarm {
            is_ringing: AtomicBool::new(false),
            ring,
        });
        let stop = Arc::new(AtomicBool::new(false));
        let (port, threads) = start(config, clock, &alarm, &stop).map_err(PlaneError::Bind)?;
        Ok(Self {
            port,
            clock,
            slots: Slots::new(config.max_sessions),
            ufrags: HashSet::new(),
            threads,
            alarm,
            stop,
            uplinks: HashMap::new(),
            hosts: HashMap::new(),
            dropped_before: 0,
            ledger: Ledger::new(MediaTotal::default()),
        })
    }

    /// The UDP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The wall clock at 0 of the plane's clock, in microseconds since 1970.
    pub fn unix_micros_at_zero(&self) -> u64 {
        self.clock.unix_micros_at_zero()
    }

    /// Reserves a slot on the thread with the fewest sessions, and lets STUN requests for `ufrag` through.
    pub fn open_session(&mut self, ufrag: &str) -> Result<Handle, PlaneError> {
        self.check_open()?;
        let is_ice_char =
            |octet: u8| octet.is_ascii_alphanumeric() || octet == b'+' || octet == b'/';
        if !(4..=256).contains(&ufrag.len()) || !ufrag.bytes().all(is_ice_char) {
            return Err(PlaneError::InvalidUfrag);
        }
        let ufrag: Box<[u8]> = ufrag.as_bytes().into();
        if self.ufrags.contains(&ufrag) {
            return Err(PlaneError::DuplicateUfrag);
        }
        let full = || PlaneError::TooManySessions(self.slots.limit());
        let handle = self.slots.next_handle().ok_or_else(full)?;
        let alive = self.threads.iter().enumerate();
        let alive = alive.filter(|(_, link)| link.is_alive());
        let (thread, _) = alive
            .min_by_key(|(_, link)| link.sessions)
            .ok_or(PlaneError::NoThread)?;
        let route = Route { handle, thread };
        self.broadcast(|| Command::Open {
            route,
            ufrag: ufrag.clone(),
        })?;
        self.threads[thread].sessions += 1;
        self.ufrags.insert(ufrag.clone());
        let (announced, counters) = (Vec::new(), Arc::<SessionCounters>::default());
        self.ledger.enter(counters.clone());
        let entry = Entry {
            ufrag,
            thread,
            announced,
            is_started: false,
            counters,
        };
        self.slots.insert(entry).ok_or(PlaneError::Busy)
    }

    /// Starts media: once per session, when DTLS is done.
    pub fn start_media(
        &mut self,
        handle: Handle,
        start: &MediaStart<'_>,
        media: Box<dyn Media>,
    ) -> Result<(), PlaneError> {
        self.check_open()?;
        let entry = self.slots.get(handle).ok_or(PlaneError::UnknownHandle)?;
        if entry.is_started {
            return Err(PlaneError::MediaAlreadyStarted);
        }
        let (inbound, outbound) = start.contexts()?;
        let (ends, lines): (Vec<_>, Vec<_>) = media.hosts().iter().copied().map(host_line).unzip();
        let hears = media.hosts().iter().any(|host| host.input.is_some());
        let (uplink, uplink_end) = hears.then(uplink).unzip();
        let session = Box::new(Session {
            handle,
            media,
            inbound,
            outbound,
            remote: start.remote_address,
            local: start.local_address,
            counters: entry.counters.clone(),
            uplink: uplink.map(Box::new),
            hosts: lines.into(),
        });
        let thread = entry.thread;
        self.announce(handle, start.remote_address, true)?;
        self.command(thread, Command::Start { session })?;
        self.slots
            .get_mut(handle)
            .ok_or(PlaneError::UnknownHandle)?
            .is_started = true;
        self.uplinks.extend(uplink_end.map(|end| (handle, end)));
        if !ends.is_empty() {
            self.hosts.insert(handle, ends);
        }
        Ok(())
    }

    /// ICE has nominated another pair.
    pub fn set_remote_address(
        &mut self,
        handle: Handle,
        remote: SocketAddr,
        local: Option<IpAddr>,
    ) -> Result<(), PlaneError> {
        self.check_open()?;
        check_address(remote)?;
        self.announce(handle, remote, true)?;
        let thread = self
            .slots
            .get(handle)
            .ok_or(PlaneError::UnknownHandle)?
            .thread;
        self.command(
            thread,
            Command::Move {
                handle,
                remote,
                local,
            },
        )
    }

    /// Sends a STUN or DTLS datagram now. What the kernel has no room for is lost.
    pub fn send_datagram(
        &mut self,
        handle: Handle,
        data: &[u8],
        to: SocketAddr,
        local: Option<IpAddr>,
    ) -> Result<(), PlaneError> {
        self.check_open()?;
        check_address(to)?;
        self.announce(handle, to, false)?;
        let senders = self.threads.iter();
        let mut senders = senders.filter_map(|link| Some((link.sender.as_ref()?, &link.counters)));
        let (sender, counters) = senders.next().ok_or(PlaneError::NoThread)?;
        match sender.send(data, to, local) {
            Ok(()) => counters.sent.increment(),
            Err(_) => counters.send_failures.increment(),
        }
        Ok(())
    }

    /// The input ended or paused.
    pub fn end_input(&mut self, handle: Handle, reason: EndReason) -> Result<(), PlaneError> {
        let thread = self.started(handle)?;
        self.command(thread, Command::EndInput { handle, reason })
    }

    /// Frees the slot. Unknown handles are ignored.
    pub fn close_session(&mut self, handle: Handle) {
        let Some(entry) = self.slots.remove(handle) else {
            return;
        };
        self.ufrags.remove(&entry.ufrag);
        self.uplinks.remove(&handle);
        self.hosts.remove(&handle);
        for link in &mut self.threads {
            link.command_anyway(Command::Close { handle });
        }
        if let Some(link) = self.threads.get_mut(entry.thread) {
            link.sessions -= 1;
        }
    }

    /// Takes everything that came up.
    pub fn drain(&mut self) -> Batch {
        // Before looking, so that what comes after the look rings again.
        self.alarm.is_ringing.store(false, Ordering::Release);
        let mut batch = Batch::default();
        for link in &mut self.threads {
            link.send_waiting();
            while let Ok(datagram) = link.datagrams.pop() {
                batch.datagrams.push(datagram);
            }
            while let Ok(upward) = link.upward.pop() {
                match upward {
                    Upward::Event(handle, event) => batch.events.push((handle, event)),
                    Upward::Flushed(handle, frames) => batch.flushed.push((handle, frames)),
                    Upward::Retired(retired) => {
                        batch
                            .closed
                            .extend(retired.failure.map(|failure| (retired.handle, failure)));
                    }
                }
            }
        }
        for (handle, uplink) in &mut self.uplinks {
            let of_session = |(header, planes)| (*handle, header, planes);
            let tapped = std::iter::from_fn(|| uplink.tapped.pop());
            batch.tapped.extend(tapped.map(of_session));
            let hosted = std::iter::from_fn(|| uplink.hosted.pop());
            batch.hosted.extend(hosted.map(of_session));
        }
        self.bury_dead(&mut batch);
        // What a closed session still had to say concerns nobody.
        batch
            .datagrams
            .retain(|datagram| self.slots.get(datagram.handle).is_some());
        batch
            .closed
            .retain(|(handle, _)| self.slots.get(*handle).is_some());
        batch
            .flushed
            .retain(|(handle, _)| self.slots.get(*handle).is_some());
        let dropped = self.threads.iter().map(|link| {
            link.counters.events_dropped.get() + link.counters.discarded(Discard::RingFull)
        });
        let dropped = dropped.sum::<u64>().max(self.dropped_before);
        batch.dropped = dropped - std::mem::replace(&mut self.dropped_before, dropped);
        batch
    }

    /// Reports every session of a thread that died since the last look.
    fn bury_dead(&mut self, batch: &mut Batch) {
        let others_live = self.threads.iter().any(ThreadLink::is_alive);
        for (at, link) in self.threads.iter_mut().enumerate() {
            let Some(failure) = link.bury(others_live) else {
                continue;
            };
            let lost = self.slots.iter().filter(|(_, entry)| entry.thread == at);
            let lost = lost.map(|(handle, _)| (handle, failure.clone()));
            batch.closed.extend(lost);
        }
    }

    /// The counters of a session.
    pub fn session_report(&self, handle: Handle) -> Result<SessionReport, PlaneError> {
        let counters = &self
            .slots
            .get(handle)
            .ok_or(PlaneError::UnknownHandle)?
            .counters;
        Ok(SessionReport {
            media: counters.media(),
            refused: counters.refused().to_vec(),
            latency: Quantiles::of(&counters.latency),
            processing: Quantiles::of(&counters.processing),
            events_dropped: counters.events_dropped.get(),
            audio_frames_dropped: counters.audio_frames_dropped.get(),
        })
    }

    /// The counters of the whole.
    pub fn report(&self) -> PlaneReport {
        let mut report = PlaneReport {
            sessions: self.slots.len(),
            threads: self.threads.len(),
            ..PlaneReport::default()
        };
        report.discarded = Discard::ALL.map(|(_, name)| (name, 0)).to_vec();
        for link in &self.threads {
            let counters = &link.counters;
            report.sessions_on_threads += counters.sessions.load(Ordering::Relaxed);
            report.received += counters.received.get();
            report.sent += counters.sent.get();
            report.send_failures += counters.send_failures.get();
            report.forwarded += counters.forwarded.get();
            report.receive_overflows += link.sender.as_ref().map_or(0, Sender::receive_overflows);
            for ((reason, _), (_, count)) in Discard::ALL.iter().zip(&mut report.discarded) {
                *count += counters.discarded(*reason);
            }
        }
        report
    }

    /// What all sessions counted, the closed ones included.
    pub fn total(&mut self) -> MediaTotal {
        self.ledger.total()
    }

    /// Stops the threads and frees everything. Idempotent.
    pub fn close(&mut self) {
        self.stop.store(true, Ordering::Release);
        for link in &self.threads {
            let _ = link.waker.wake();
        }
        for mut link in self.threads.drain(..) {
            let _ = link.thread.take().map(std::thread::JoinHandle::join);
        }
        self.slots = Slots::new(0);
        self.ufrags.clear();
        self.uplinks.clear();
        self.hosts.clear();
    }

    /// Tells all threads that a session may be, or is, at this address.
    fn announce(
        &mut self,
        handle: Handle,
        address: SocketAddr,
        validated: bool,
    ) -> Result<(), PlaneError> {
        let entry = self
            .slots
            .get_mut(handle)
            .ok_or(PlaneError::UnknownHandle)?;
        let is_known = entry.announced.contains(&address);
        if !validated && (is_known || entry.announced.len() == MAX_ANNOUNCED) {
            return Ok(());
        }
        if !is_known && entry.announced.len() < MAX_ANNOUNCED {
            entry.announced.push(address);
        }
        let route = Route {
            handle,
            thread: entry.thread,
        };
        self.broadcast(|| Command::Address {
            address,
            route,
            validated,
        })
    }

    /// The thread of a session whose media was started.
    pub(crate) fn started(&self, handle: Handle) -> Result<usize, PlaneError> {
        self.check_open()?;
        let entry = self.slots.get(handle).ok_or(PlaneError::UnknownHandle)?;
        match entry.is_started {
            true => Ok(entry.thread),
            false => Err(PlaneError::MediaNotStarted),
        }
    }

    fn broadcast(&mut self, command: impl Fn() -> Command) -> Result<(), PlaneError> {
        (0..self.threads.len()).try_for_each(|thread| self.command(thread, command()))
    }

    pub(crate) fn command(&mut self, thread: usize, command: Command) -> Result<(), PlaneError> {
        self.threads[thread].command(command)
    }

    fn check_open(&self) -> Result<(), PlaneError> {
        if self.threads.is_empty() {
            Err(PlaneError::Closed)
        } else {
            Ok(())
        }
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.close();
    }
}

fn check_range(name: &str, value: usize, max: usize) -> Result<(), PlaneError> {
    match value {
        value if (1..=max).contains(&value) => Ok(()),
        _ => Err(PlaneError::InvalidOptions(format!(
            "{name} is {value}; it must be 1 to {max}"
        ))),
    }
}
