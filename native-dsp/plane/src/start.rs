//! Opens the port and starts the media threads, with all rings between them.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use mio::{Poll, Waker};
use rtrb::{Consumer, RingBuffer};

use crate::clock::Clock;
use crate::config::PlaneConfig;
use crate::counters::ThreadCounters;
use crate::links::{COMMANDS, DATAGRAMS, EVENTS, FORWARDS, Forwarded};
use crate::output::Output;
use crate::routes::Routes;
use crate::socket::{self, Receiver, Sender};
use crate::switch::{Neighbour, Switch};
use crate::thread::{Alarm, MediaThread, WAKER};
use crate::thread_link::ThreadLink;

/// Starts everything; returns the port and the ends of all threads.
pub(crate) fn start(
    config: &PlaneConfig,
    clock: Clock,
    alarm: &Arc<Alarm>,
    stop: &Arc<AtomicBool>,
) -> io::Result<(u16, Vec<ThreadLink>)> {
    let sockets = socket::open(config.bind, config.port, config.threads)?;
    let port = sockets[0].local_addr()?.port();
    let polls = (0..config.threads)
        .map(|_| Poll::new())
        .collect::<io::Result<Vec<_>>>()?;
    let wakers = polls
        .iter()
        .map(|poll| Waker::new(poll.registry(), WAKER).map(Arc::new))
        .collect::<io::Result<Vec<_>>>()?;
    let (mut writers, mut readers) = mesh(&wakers);
    let mut links = Vec::with_capacity(config.threads);
    for (index, (socket, poll)) in sockets.into_iter().zip(polls).enumerate() {
        let (commands, commands_in) = RingBuffer::new(COMMANDS);
        let (upward_out, upward) = RingBuffer::new(EVENTS);
        let (datagrams_out, datagrams) = RingBuffer::new(DATAGRAMS);
        let counters = Arc::new(ThreadCounters::default());
        let output = Output {
            clock,
            counters: counters.clone(),
            sender: Sender::new(socket.try_clone()?)?,
            upward: upward_out,
            datagrams: datagrams_out,
            is_wake_due: false,
        };
        let sender = Sender::new(socket.try_clone()?)?;
        let socket = mio::net::UdpSocket::from_std(socket);
        let thread = MediaThread {
            poll,
            receiver: Receiver::new(&socket)?,
            socket,
            switch: Switch {
                output,
                routes: Routes::default(),
                neighbours: std::mem::take(&mut writers[index]),
                sessions: Vec::new(),
                deadlines: Vec::new(),
                owed: VecDeque::new(),
            },
            commands: commands_in,
            forwards: std::mem::take(&mut readers[index]),
            alarm: alarm.clone(),
            stop: stop.clone(),
        };
        let name = format!("media-{index}");
        let death = Arc::<OnceLock<String>>::default();
        let grave = death.clone();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || thread.live(&grave))?;
        links.push(ThreadLink {
            commands,
            unsent: VecDeque::new(),
            waker: wakers[index].clone(),
            upward,
            datagrams,
            counters,
            sender: Some(sender),
            thread: Some(thread),
            sessions: 0,
            death,
            is_buried: false,
        });
    }
    Ok((port, links))
}

type Writers = Vec<Vec<Option<Neighbour>>>;
type Readers = Vec<Vec<Consumer<Forwarded>>>;

/// A ring from every thread to every other. Their memory is touched only where they are used.
fn mesh(wakers: &[Arc<Waker>]) -> (Writers, Readers) {
    let mut readers: Readers = wakers.iter().map(|_| Vec::new()).collect();
    let mut to_neighbour = |from: usize, to: usize| {
        let (ring, reader) = RingBuffer::new(FORWARDS);
        readers[to].push(reader);
        let waker = wakers[to].clone();
        (from != to).then_some(Neighbour {
            ring,
            waker,
            is_wake_due: false,
        })
    };
    let all = 0..wakers.len();
    let writers = all
        .clone()
        .map(|from| all.clone().map(|to| to_neighbour(from, to)).collect());
    (writers.collect(), readers)
}
