//! Where events go: to the nodes downstream in the same tick, and to whoever drives the graph.

use crate::event::{Event, EventQueue};

/// Most events of one node in one tick.
pub(crate) const MOST_EVENTS_OF_A_NODE: usize = 64;
/// Most events of all nodes in one tick.
const MOST_IN_TICK: usize = 512;
/// Most events kept for a driver that does not drain.
const MOST_WAITING: usize = 2048;

/// The events of a graph. What nodes hear of each other does not depend on how often it is drained.
pub(super) struct Mailbox {
    /// Of the node that is running.
    fresh: EventQueue,
    /// Of the nodes that ran in this tick.
    tick: EventQueue,
    /// Of the ticks before, for the driver.
    waiting: EventQueue,
}

impl Mailbox {
    pub fn new() -> Self {
        Self {
            fresh: EventQueue::with_capacity(MOST_EVENTS_OF_A_NODE),
            tick: EventQueue::with_capacity(MOST_IN_TICK),
            waiting: EventQueue::with_capacity(MOST_WAITING),
        }
    }

    /// What was said in this tick so far, and where the running node says something itself.
    pub fn desk(&mut self) -> (&[Event], &mut EventQueue) {
        (self.tick.as_slice(), &mut self.fresh)
    }

    /// The running node is done: what it said can be heard by those after it.
    pub fn post(&mut self) {
        self.fresh.drain().for_each(|event| self.tick.push(event));
    }

    /// The tick is over: what is not for the nodes alone is kept for the driver.
    pub fn end_tick(&mut self) {
        let events = self.tick.drain().filter(|event| !event.internal);
        events.for_each(|event| self.waiting.push(event));
    }

    /// All events of the ticks so far, oldest first.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Event> {
        self.waiting.drain()
    }

    /// Events lost because a bound was reached, ever.
    pub fn dropped(&self) -> u64 {
        self.fresh.dropped() + self.tick.dropped() + self.waiting.dropped()
    }

    /// Throws away what nobody collected.
    pub fn clear(&mut self) {
        for queue in [&mut self.fresh, &mut self.tick, &mut self.waiting] {
            queue.drain();
        }
    }
}
