//! Segments that no slot and no future has: they belong to spans that are entered by hand, and are
//! not entered now.
//!
//! Each is in a cell, and all cells are in a list. So the reporter finds the segments that are too
//! old, and all of them at a shutdown. A cell is reused when its span has ended, and never freed:
//! there are never more of them than such segments existed at the same time, and the few that threads
//! keep.

use std::cell::Cell;
use std::ptr;

use crate::context::thread_state;
use crate::segment::Segment;
use crate::util::coarse_clock;
use crate::util::exchange_cell::ExchangeCell;
use crate::util::static_list;
use crate::util::sync::{AtomicPtr, AtomicU64, Ordering};

/// The most free cells that a thread keeps.
const KEPT: usize = 64;

/// How often the reporter looks for segments that are too old, in milliseconds.
const CHECK_PERIOD: u64 = 100;

/// The newest cell of the list.
static CELLS: AtomicPtr<ParkingCell> = AtomicPtr::new(ptr::null_mut());
/// The newest of the cells that are free and that no thread keeps.
static FREE: AtomicPtr<ParkingCell> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    static KEPT_HERE: Kept = const { Kept(Cell::new(Vec::new())) };
}

/// A place for a segment.
#[derive(Debug)]
pub(crate) struct ParkingCell {
    segment: ExchangeCell<Segment>,
    /// The next older cell of the list. Written before the cell is in the list.
    older: AtomicPtr<ParkingCell>,
    /// The next free cell.
    free: AtomicPtr<ParkingCell>,
}

/// A cell that a span uses.
#[derive(Debug)]
pub(crate) struct Parking(&'static ParkingCell);

/// The free cells of a thread.
struct Kept(Cell<Vec<&'static ParkingCell>>);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(give_away);
    }
}

impl Parking {
    /// Returns an empty cell.
    pub(crate) fn claim() -> Self {
        let kept = KEPT_HERE.try_with(|kept| {
            let mut cells = kept.0.take();
            if cells.is_empty() {
                take_free(&mut cells);
            }
            let cell = cells.pop();
            kept.0.set(cells);
            cell
        });
        Self(kept.ok().flatten().unwrap_or_else(publish))
    }

    /// Stores the span's segment.
    pub(crate) fn put(&self, segment: Box<Segment>) {
        let expires = segment.expires();
        if let Some(other) = self.0.segment.put(segment, expires) {
            thread_state::finish(other);
        }
    }

    /// Takes the segment out. `None` if it is in use, or if the reporter has taken it.
    #[inline]
    pub(crate) fn take(&self) -> Option<Box<Segment>> {
        self.0.segment.take()
    }
}

impl Drop for Parking {
    fn drop(&mut self) {
        if let Some(segment) = self.take() {
            thread_state::finish(segment);
        }
        let kept = KEPT_HERE.try_with(|kept| {
            let mut cells = kept.0.take();
            let fits = cells.len() < KEPT;
            if fits {
                cells.push(self.0);
            }
            kept.0.set(cells);
            fits
        });
        if kept != Ok(true) {
            give_away(self.0);
        }
    }
}

/// Ends the parked segments that are too old. The reporter calls it often. It checks every
/// [`CHECK_PERIOD`] milliseconds.
pub(crate) fn end_old() {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = coarse_clock::now();
    if now < NEXT.load(Ordering::Relaxed) {
        return;
    }
    NEXT.store(now.saturating_add(CHECK_PERIOD), Ordering::Relaxed);
    cells().filter_map(|cell| cell.segment.take_older(now)).for_each(thread_state::finish);
}

/// Ends all parked segments. The reporter calls it at a shutdown.
pub(crate) fn end_all() {
    cells().filter_map(|cell| cell.segment.take()).for_each(thread_state::finish);
}

/// Returns all cells that were ever made.
fn cells() -> impl Iterator<Item = &'static ParkingCell> {
    static_list::from(CELLS.load(Ordering::Acquire), |cell| &cell.older)
}

#[cold]
fn publish() -> &'static ParkingCell {
    let cell: &'static ParkingCell = Box::leak(Box::new(ParkingCell {
        segment: ExchangeCell::new(),
        older: AtomicPtr::new(ptr::null_mut()),
        free: AtomicPtr::new(ptr::null_mut()),
    }));
    static_list::push(&CELLS, cell, &cell.older);
    cell
}

/// Makes a free cell available to all threads.
#[cold]
fn give_away(cell: &'static ParkingCell) {
    static_list::push(&FREE, cell, &cell.free);
}

/// Moves all cells that no thread keeps to this thread. The rest beyond what a thread keeps returns
/// when they are released.
#[cold]
fn take_free(cells: &mut Vec<&'static ParkingCell>) {
    // Taking all of them at once: no address can be mistaken for that of an earlier cell.
    let first = FREE.swap(ptr::null_mut(), Ordering::Acquire);
    let mut all: Vec<_> = static_list::from(first, |cell| &cell.free).collect();
    let rest = all.split_off(all.len().min(KEPT / 2));
    rest.into_iter().for_each(give_away);
    cells.append(&mut all);
}
