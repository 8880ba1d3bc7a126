use super::*;
use crate::trace::detached::cell::Detached;
use std::sync::Arc;

const BUDGET: Budget = Budget { bytes: 1_000_000, segments: 20 };

/// Adds segments with these ids, each with an open handle, and returns the handles' cells.
fn wait(waiting: &mut PendingSegments, ids: impl Iterator<Item = u64>) -> Vec<Arc<Detached>> {
    ids.map(|id| {
        let cell = Arc::new(Detached::new(0));
        let head = SegmentHeader { id, ..SegmentHeader::default() };
        let attached = Attached { detached: vec![Arc::clone(&cell)], ..Attached::default() };
        waiting.add(Segment { head: &head, records: &[], sides: &[], text: "" }, attached);
        cell
    })
    .collect()
}

/// Adds segments with these ids, each with an open handle and a finished one that recorded this
/// many bytes.
fn wait_with(
    waiting: &mut PendingSegments,
    handle_bytes: usize,
    ids: impl Iterator<Item = u64>,
) -> Vec<Arc<Detached>> {
    ids.map(|id| {
        let cells = [0, 1].map(|index| Arc::new(Detached::new(index)));
        let head = SegmentHeader { id, ..SegmentHeader::default() };
        let attached = Attached { detached: cells.to_vec(), ..Attached::default() };
        waiting.add(Segment { head: &head, records: &[], sides: &[], text: "" }, attached);
        let [out, done] = cells;
        let mut ending = Ending::default();
        ending.reserve(handle_bytes, Budget { bytes: usize::MAX, segments: usize::MAX });
        done.fill(ending);
        out
    })
    .collect()
}

fn leaving(waiting: &mut PendingSegments) -> Vec<u64> {
    waiting.poll_now();
    waiting.poll();
    std::iter::from_fn(|| waiting.next()).map(|pending| pending.head.id).collect()
}

#[test]
fn finished_handles_and_release_make_segments_ready() {
    let mut waiting = PendingSegments::new(u64::MAX, BUDGET);
    let cells = wait(&mut waiting, 1..=5);
    assert!(leaving(&mut waiting).is_empty());
    cells[3].give_up();
    cells[1].give_up();
    assert_eq!(leaving(&mut waiting), [2, 4]);
    waiting.release();
    assert_eq!(leaving(&mut waiting), [1, 3, 5]);
    wait(&mut waiting, 6..=7);
    assert_eq!(leaving(&mut waiting), [6, 7]);
    assert!(waiting.segments.is_empty() && waiting.bytes == 0);
}

#[test]
fn poll_now_skips_the_delay_of_the_next_poll() {
    let mut waiting = PendingSegments::new(u64::MAX, BUDGET);
    let cells = wait(&mut waiting, 1..=1);
    waiting.next_poll = u64::MAX;
    cells[0].give_up();
    waiting.poll();
    assert!(waiting.next().is_none());
    assert_eq!(leaving(&mut waiting), [1]);
}

#[test]
fn oldest_segments_leave_above_half_of_the_queue() {
    let by_bytes = Budget { bytes: 20 * size_of::<SegmentHeader>(), segments: 1_000 };
    for queue in [BUDGET, by_bytes] {
        let mut waiting = PendingSegments::new(u64::MAX, queue);
        wait(&mut waiting, 1..=13);
        assert_eq!(leaving(&mut waiting), [1, 2, 3]);
        assert_eq!((waiting.segments.len(), waiting.bytes), (10, 10 * size_of::<SegmentHeader>()));
    }
}
#[test]
fn data_of_finished_handles_uses_the_same_half() {
    // It counts as waiting in the whole process.
    let _alone = crate::agent::alone();
    let each = 1_000 + size_of::<SegmentHeader>();
    let mut waiting = PendingSegments::new(u64::MAX, Budget { bytes: 10 * each, segments: 1_000 });
    let cells = wait_with(&mut waiting, 1_000, 1..=7);
    assert_eq!(leaving(&mut waiting), [1, 2]);
    assert_eq!(waiting.weight(), (5 * each, 5));
    for cell in cells {
        cell.give_up();
    }
    assert_eq!(leaving(&mut waiting), [3, 4, 5, 6, 7]);
    assert_eq!(waiting.weight(), (0, 0));
}
