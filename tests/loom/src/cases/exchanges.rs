//! Values that threads exchange without a lock: changes of spans whose segment is on another thread,
//! and parked segments.

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use crate::util::exchange_cell::ExchangeCell;
use crate::util::push_list::{PushList, Refused};
use crate::util::sync::Cell;

/// A value that loom watches: reading it before it is written is a failure.
#[derive(Debug, Default)]
struct Watched(Cell<u32>);

// SAFETY: one thread uses it at a time, which loom checks.
unsafe impl Send for Watched {}

impl Watched {
    fn new(value: u32) -> Self {
        let watched = Self::default();
        // SAFETY: no other thread has it.
        watched.0.with_mut(|place| unsafe { *place = value });
        watched
    }

    fn read(&self) -> u32 {
        // SAFETY: the thread that took it is the only one that has it.
        self.0.with_mut(|place| unsafe { *place })
    }
}

fn push(list: &Arc<PushList<Watched>>, value: u32) -> JoinHandle<Result<(), Refused>> {
    let list = Arc::clone(list);
    thread::spawn(move || list.push(Watched::new(value)))
}

fn read(values: Vec<Watched>) -> Vec<u32> {
    values.iter().map(Watched::read).collect()
}

pub(super) fn items_pushed_before_the_end_are_taken_once() {
    check_taken(2, |_| Vec::new());
}

pub(super) fn item_pushed_around_a_split_is_taken_once() {
    check_taken(1, PushList::take);
}

fn check_taken(threads: u32, split: impl Fn(&PushList<Watched>) -> Vec<Watched>) {
    let list = Arc::new(PushList::new(8));
    let threads: Vec<_> = (1..=threads).map(|value| push(&list, value)).collect();
    let mut taken = read(split(&list));
    taken.extend(read(list.close()));
    let pushed: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(list.take().is_empty(), "nothing is added to a closed list");
    taken.sort_unstable();
    let expected: Vec<u32> = (1..)
        .zip(pushed)
        .filter_map(|(value, pushed)| match pushed {
            Ok(()) => Some(value),
            Err(Refused::Closed) => None,
            Err(Refused::Full) => panic!("the limit is 8"),
        })
        .collect();
    assert_eq!(taken, expected);
}

pub(super) fn full_list_refuses_all_but_its_limit() {
    let list = Arc::new(PushList::new(1));
    let threads = [push(&list, 1), push(&list, 2)];
    let pushed = threads.map(|thread| thread.join().unwrap());
    assert_eq!(pushed.iter().filter(|pushed| pushed.is_ok()).count(), 1);
    assert!(pushed.contains(&Err(Refused::Full)));
    // Dropped with its item.
}

pub(super) fn parked_value_is_taken_once() {
    let cell = Arc::new(ExchangeCell::new());
    let reporter = {
        let cell = Arc::clone(&cell);
        thread::spawn(move || cell.take_older(1).map(|value: Box<Watched>| value.read()))
    };
    assert!(cell.put(Box::new(Watched::new(7)), 0).is_none());
    let own = cell.take().map(|value| value.read());
    let taken = [own, reporter.join().unwrap()];
    assert!(taken == [Some(7), None] || taken == [None, Some(7)], "{taken:?}");
}

pub(super) fn value_that_is_parked_again_is_taken_once() {
    let cell = Arc::new(ExchangeCell::new());
    assert!(cell.put(Box::new(Watched::new(1)), 0).is_none());
    let reporter = {
        let cell = Arc::clone(&cell);
        thread::spawn(move || {
            let old = cell.take_older(1).map(|value: Box<Watched>| value.read());
            let rest = cell.take().map(|value| value.read());
            [old, rest]
        })
    };
    if let Some(value) = cell.take() {
        assert_eq!(value.read(), 1);
        // It was entered, and is left again.
        assert!(cell.put(value, 5).is_none());
    }
    let by_reporter: Vec<u32> = reporter.join().unwrap().into_iter().flatten().collect();
    let own = cell.take().map(|value| value.read());
    assert_eq!(by_reporter.len() + own.iter().count(), 1, "{by_reporter:?} {own:?}");
}
