//! A bounded list that several threads push to and one thread takes. Nobody waits.
//!
//! The list is a stack of nodes behind one pointer. A push exchanges the pointer, and taking the
//! items exchanges it for an empty list. Single nodes are never removed, so no address can be
//! mistaken for that of an earlier node.

use std::ptr::{self, NonNull};

use crate::util::sync::{AtomicPtr, AtomicUsize, Ordering};

/// A list of at most so many items.
#[derive(Debug)]
pub(crate) struct PushList<T> {
    /// Null, [`closed`], or a node that the list owns.
    newest: AtomicPtr<Node<T>>,
    length: AtomicUsize,
    most: usize,
}

#[derive(Debug)]
struct Node<T> {
    item: T,
    older: *mut Node<T>,
}

/// Why an item was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

// SAFETY: a node is reached by the one thread that took it out of the list, which acquires what the
// pushing thread released. So items only move between threads.
#[allow(unsafe_code)]
unsafe impl<T: Send> Send for PushList<T> {}
// SAFETY: the same.
#[allow(unsafe_code)]
unsafe impl<T: Send> Sync for PushList<T> {}

/// Marks a closed list. No allocation has this address.
fn closed<T>() -> *mut Node<T> {
    NonNull::dangling().as_ptr()
}

impl<T> PushList<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self { newest: AtomicPtr::new(ptr::null_mut()), length: AtomicUsize::new(0), most }
    }

    /// Adds an item, unless the list is full or closed.
    #[allow(unsafe_code)]
    pub(crate) fn push(&self, item: T) -> Result<(), Refused> {
        if self.length.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.length.fetch_sub(1, Ordering::Relaxed);
            return Err(Refused::Full);
        }
        let node = Box::into_raw(Box::new(Node { item, older: ptr::null_mut() }));
        let mut newest = self.newest.load(Ordering::Relaxed);
        loop {
            if newest == closed() {
                // SAFETY: it came out of a box above, and no other thread has seen it.
                drop(unsafe { Box::from_raw(node) });
                return Err(Refused::Closed);
            }
            // SAFETY: the same. The exchange below publishes it.
            unsafe { (*node).older = newest };
            match self.newest.compare_exchange_weak(
                newest,
                node,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(now) => newest = now,
            }
        }
    }

    /// Removes all items, the oldest first. Only one thread may take or close the list at a time.
    pub(crate) fn take(&self) -> Vec<T> {
        if self.newest.load(Ordering::Relaxed) == closed() {
            return Vec::new();
        }
        let items = collect(self.newest.swap(ptr::null_mut(), Ordering::Acquire));
        self.length.fetch_sub(items.len(), Ordering::Relaxed);
        items
    }

    /// Removes all items, the oldest first, and refuses later ones.
    pub(crate) fn close(&self) -> Vec<T> {
        collect(self.newest.swap(closed(), Ordering::Acquire))
    }
}

/// Frees the nodes and returns their items, the oldest first.
#[allow(unsafe_code)]
fn collect<T>(mut newest: *mut Node<T>) -> Vec<T> {
    let mut items = Vec::new();
    while !newest.is_null() && newest != closed() {
        // SAFETY: it came out of a box in `push`. The exchange that returned the first node took the
        // whole list, so no other thread can reach its nodes.
        let node = unsafe { Box::from_raw(newest) };
        newest = node.older;
        items.push(node.item);
    }
    items.reverse();
    items
}

impl<T> Drop for PushList<T> {
    fn drop(&mut self) {
        drop(self.close());
    }
}
