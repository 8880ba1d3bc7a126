//! How the model leaves spans and segments.

use super::{Before, Frame, Plain, Thread};

impl Plain {
    pub(super) fn leave(&mut self, thread: usize, span: usize) {
        let frames = &mut self.threads[thread].frames;
        let at = frames.iter().rposition(|frame| frame.span == span && !frame.is_left).unwrap();
        if frames[at].again > 0 {
            frames[at].again -= 1;
            return;
        }
        let Frame { segment, record, before, .. } = frames[at].clone();
        match before {
            Before::Displaced(_) => frames[at].is_left = true,
            Before::Current(saved) => {
                frames.remove(at);
                for later in frames[at..].iter_mut().filter(|later| later.segment == segment) {
                    if let Before::Current(was) = &mut later.before
                        && *was == record
                    {
                        *was = saved;
                    }
                }
                let is_held = frames.iter().any(|frame| {
                    frame.segment == segment && frame.record == record && frame.is_left
                });
                if self.holds(thread, segment) {
                    self.segments[segment].records[record].is_open = is_held;
                    if self.segments[segment].current == record {
                        self.segments[segment].current = self.nearest_open(segment, saved);
                    }
                }
            }
        }
        self.release(thread, segment);
    }

    /// Returns true if the segment is in the slot of the thread or displaced by one of its frames.
    fn holds(&self, thread: usize, segment: usize) -> bool {
        let thread = &self.threads[thread];
        thread.slot == Some(segment)
            || thread.frames.iter().any(
                |frame| matches!(frame.before, Before::Displaced(other) if other == Some(segment)),
            )
    }

    /// Takes a segment out of the slot if none of its spans is entered.
    fn release(&mut self, thread: usize, segment: usize) {
        let Thread { slot, frames, .. } = &mut self.threads[thread];
        let Some(at) = frames.iter().position(|frame| frame.segment == segment && frame.is_left)
        else {
            return;
        };
        if frames.iter().any(|frame| frame.segment == segment && !frame.is_left) {
            return;
        }
        let Before::Displaced(displaced) = frames.remove(at).before else { unreachable!() };
        if *slot == Some(segment) {
            *slot = displaced;
        } else {
            for frame in frames.iter_mut() {
                if let Before::Displaced(other) = &mut frame.before
                    && *other == Some(segment)
                {
                    *other = displaced;
                }
            }
        }
        self.segments[segment].records[0].is_open = false;
        let owner = self.segments[segment].owner.unwrap();
        if self.segments[segment].is_blank {
            self.segments[segment].is_dropped = true;
            self.segments[segment].has_ended = true;
            self.spans[owner].own.retain(|own| *own != segment);
        } else if self.spans[owner].is_closed {
            self.segments[segment].has_ended = true;
        } else {
            self.segments[segment].is_parked = true;
        }
    }
}
