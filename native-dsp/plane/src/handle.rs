//! Names of sessions that are safe to keep: a handle of a closed session never means another one.

use std::collections::VecDeque;

/// A slot and how often it had been used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u32);

impl Handle {
    pub(crate) fn new(slot: u16, generation: u16) -> Self {
        Self(u32::from(generation) << 16 | u32::from(slot))
    }

    /// The number that JavaScript sees.
    pub fn to_number(self) -> u32 {
        self.0
    }

    /// The handle of a number that JavaScript gave back.
    pub fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(crate) fn slot(self) -> usize {
        usize::from(self.0 as u16)
    }

    fn generation(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

/// Slots that rest before one is used again, where there is room: with it, a handle means another session
/// only after 65 536 times as many.
const REST: usize = 64;

/// Values by handle, at most so many.
pub(crate) struct Slots<T> {
    entries: Vec<(Handle, Option<T>)>,
    /// The slot that was freed first is used first: generations wrap as late as possible.
    free: VecDeque<Handle>,
    limit: usize,
}

impl<T> Slots<T> {
    pub fn new(limit: usize) -> Self {
        Self {
            entries: Vec::new(),
            free: VecDeque::new(),
            limit,
        }
    }

    /// The handle that the next value will have; nothing when all slots are in use.
    pub fn next_handle(&self) -> Option<Handle> {
        match self.entries.len() {
            length if length < self.limit && self.free.len() < REST => {
                Some(Handle::new(length as u16, 0))
            }
            _ => self.free.front().copied(),
        }
    }

    /// Puts a value at [`Slots::next_handle`].
    pub fn insert(&mut self, value: T) -> Option<Handle> {
        let handle = self.next_handle()?;
        if handle.slot() < self.entries.len() {
            self.free.pop_front();
            self.entries[handle.slot()] = (handle, Some(value));
        } else {
            self.entries.push((handle, Some(value)));
        }
        Some(handle)
    }

    pub fn get(&self, handle: Handle) -> Option<&T> {
        let (current, value) = self.entries.get(handle.slot())?;
        value.as_ref().filter(|_| *current == handle)
    }

    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut T> {
        let (current, value) = self.entries.get_mut(handle.slot())?;
        value.as_mut().filter(|_| *current == handle)
    }

    pub fn remove(&mut self, handle: Handle) -> Option<T> {
        let (current, value) = self.entries.get_mut(handle.slot())?;
        if *current != handle {
            return None;
        }
        let value = value.take()?;
        let generation = handle.generation().wrapping_add(1);
        self.free
            .push_back(Handle::new(handle.slot() as u16, generation));
        Some(value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Handle, &T)> {
        let entries = self.entries.iter();
        entries.filter_map(|(handle, value)| Some((*handle, value.as_ref()?)))
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handle_of_a_closed_session_is_dead_although_its_slot_lives_on() {
        let mut slots = Slots::new(2);
        let first = slots.insert('a').unwrap();
        let second = slots.insert('b').unwrap();
        assert_eq!(slots.insert('c'), None);
        assert_eq!(slots.remove(first), Some('a'));
        assert_eq!(slots.remove(first), None);
        let third = slots.insert('c').unwrap();
        assert_ne!(first, third);
        assert_eq!(
            (slots.get(first), slots.get(third), slots.len()),
            (None, Some(&'c'), 2)
        );
        assert_eq!(slots.get(second), Some(&'b'));
        assert_eq!(Handle::from_number(third.to_number()), third);
    }
}
