//! The model: a list of segments for each span, and a list of frames for each thread.

mod leaving;
mod trees;

use super::program::{Op, Parent, THREADS};
use super::threads::KEYS;

#[derive(Clone, Debug, Default)]
struct Record {
    name: String,
    parent: Option<usize>,
    tags: Vec<String>,
    is_error: bool,
    is_open: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "what is true of a segment, in plain words")]
#[derive(Clone, Debug, Default)]
struct Segment {
    records: Vec<Record>,
    /// The span that its first one refers to.
    reference: Option<(usize, usize)>,
    current: usize,
    /// The span that owns it.
    owner: Option<usize>,
    is_visit: bool,
    /// Nothing was recorded in the visit so far.
    is_blank: bool,
    is_parked: bool,
    has_ended: bool,
    is_dropped: bool,
}

#[derive(Clone, Debug)]
struct Span {
    name: String,
    /// Before it opens: the parent.
    parent: Option<(usize, usize)>,
    /// The segment and the index of its first record.
    home: Option<(usize, usize)>,
    own: Vec<usize>,
    early: Record,
    tags: usize,
    is_closed: bool,
}

#[derive(Clone, Debug)]
enum Before {
    Current(usize),
    Displaced(Option<usize>),
}

#[derive(Clone, Debug)]
struct Frame {
    span: usize,
    segment: usize,
    record: usize,
    again: usize,
    is_left: bool,
    before: Before,
}

#[derive(Clone, Debug, Default)]
struct Thread {
    slot: Option<usize>,
    frames: Vec<Frame>,
    /// The segment and the record of each annotated function, and whether it is a root.
    calls: Vec<(usize, usize, bool)>,
}

pub(super) struct Plain {
    program: u64,
    segments: Vec<Segment>,
    spans: Vec<Span>,
    threads: Vec<Thread>,
}

impl Plain {
    pub(super) fn new(program: u64) -> Self {
        let threads = vec![Thread::default(); THREADS];
        Self { program, segments: Vec::new(), spans: Vec::new(), threads }
    }

    pub(super) fn spans(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn is_alive(&self, span: usize) -> bool {
        !self.spans[span].is_closed
    }

    pub(super) fn tags(&self, span: usize) -> usize {
        self.spans[span].tags
    }

    /// Returns the spans that are entered on a thread.
    pub(super) fn entered(&self, thread: usize) -> Vec<usize> {
        let frames = self.threads[thread].frames.iter();
        frames.filter(|frame| !frame.is_left).map(|frame| frame.span).collect()
    }

    pub(super) fn can_close(&self, span: usize) -> bool {
        let is_entered = (0..THREADS).any(|thread| self.entered(thread).contains(&span));
        self.is_alive(span) && !is_entered
    }

    pub(super) fn has_calls(&self, thread: usize) -> bool {
        !self.threads[thread].calls.is_empty()
    }

    /// Returns true if the innermost function may return: the segment of a root is in the slot.
    pub(super) fn can_return(&self, thread: usize) -> bool {
        let thread = &self.threads[thread];
        thread
            .calls
            .last()
            .is_some_and(|(segment, _, is_root)| !is_root || thread.slot == Some(*segment))
    }

    /// Returns the number of reported segments and of visits.
    pub(super) fn counts(&self) -> (usize, usize) {
        let reported = self.segments.iter().filter(|segment| !segment.is_dropped);
        (reported.clone().count(), reported.filter(|segment| segment.is_visit).count())
    }

    pub(super) fn run(&mut self, thread: usize, op: &Op) {
        match op {
            Op::Make(_, parent) => self.make(thread, *parent),
            Op::Enter(span) => self.enter(thread, *span),
            Op::Leave(span) => self.leave(thread, *span),
            Op::Close(span) => self.close(*span),
            Op::Tag(span, tag) => {
                self.spans[*span].tags += 1;
                self.change(*span, |record| record.tags.push(format!("{}=true", KEYS[*tag])));
            }
            Op::Fail(span) => self.change(*span, |record| record.is_error = true),
            Op::Call(number) => self.call(thread, *number),
            Op::Return => self.end_call(thread),
        }
    }

    fn add_segment(&mut self, segment: Segment) -> usize {
        self.segments.push(segment);
        self.segments.len() - 1
    }

    fn add_record(&mut self, segment: usize, record: Record) -> usize {
        self.segments[segment].is_blank = false;
        self.segments[segment].records.push(record);
        self.segments[segment].records.len() - 1
    }

    fn make(&mut self, thread: usize, parent: Parent) {
        let name = format!("p{}.s{}", self.program, self.spans.len());
        let parent = match parent {
            Parent::Nothing => None,
            Parent::Current => self.threads[thread].slot.map(|segment| {
                // A segment that something else may refer to is reported.
                self.segments[segment].is_blank = false;
                (segment, self.segments[segment].current)
            }),
            Parent::Span(span) => {
                self.open_now(thread, span);
                self.spans[span].home
            }
        };
        let early = Record { name: name.clone(), ..Record::default() };
        let own = Vec::new();
        let mut span = Span { name, parent, home: None, own, early, tags: 0, is_closed: false };
        if parent.is_none() {
            let records = vec![Record { is_open: true, ..span.early.clone() }];
            let owner = Some(self.spans.len());
            let segment = Segment { records, owner, is_parked: true, ..Segment::default() };
            let segment = self.add_segment(segment);
            span.home = Some((segment, 0));
            span.own.push(segment);
        }
        self.spans.push(span);
    }

    /// Opens a span that was never entered, because it is named as a parent.
    fn open_now(&mut self, thread: usize, span: usize) {
        let Some((segment, parent)) = self.spans[span].parent else { return };
        if self.spans[span].home.is_some() {
            return;
        }
        let record = self.spans[span].early.clone();
        if self.threads[thread].slot == Some(segment) {
            let record = self.add_record(segment, Record { parent: Some(parent), ..record });
            self.spans[span].home = Some((segment, record));
        } else {
            let own = self.begin_elsewhere(span, (segment, parent));
            self.segments[own].records[0].is_open = true;
            self.segments[own].is_parked = true;
        }
    }

    fn begin_elsewhere(&mut self, span: usize, parent: (usize, usize)) -> usize {
        let records = vec![self.spans[span].early.clone()];
        let segment =
            Segment { records, reference: Some(parent), owner: Some(span), ..Segment::default() };
        let segment = self.add_segment(segment);
        self.spans[span].home = Some((segment, 0));
        self.spans[span].own.push(segment);
        segment
    }

    fn enter(&mut self, thread: usize, span: usize) {
        let slot = self.threads[thread].slot;
        let frames = self.threads[thread].frames.iter_mut();
        let youngest = frames.rev().find(|frame| frame.span == span && !frame.is_left);
        if let Some(frame) = youngest.filter(|frame| Some(frame.segment) == slot) {
            frame.again += 1;
            return;
        }
        let (segment, record) = self.place(thread, span);
        let before = if slot == Some(segment) {
            Before::Current(self.segments[segment].current)
        } else {
            self.segments[segment].is_parked = false;
            self.threads[thread].slot = Some(segment);
            Before::Displaced(slot)
        };
        self.segments[segment].current = record;
        self.segments[segment].records[record].is_open = true;
        let frame = Frame { span, segment, record, again: 0, is_left: false, before };
        self.threads[thread].frames.push(frame);
    }

    /// Finds or makes the record in which the span is entered.
    fn place(&mut self, thread: usize, span: usize) -> (usize, usize) {
        let slot = self.threads[thread].slot;
        let Some(home) = self.spans[span].home else {
            let (segment, parent) = self.spans[span].parent.expect("a parent or a segment");
            if slot != Some(segment) {
                return (self.begin_elsewhere(span, (segment, parent)), 0);
            }
            let record = Record { parent: Some(parent), ..self.spans[span].early.clone() };
            let record = self.add_record(segment, record);
            self.spans[span].home = Some((segment, record));
            return (segment, record);
        };
        if slot == Some(home.0) {
            return home;
        }
        let own = self.spans[span].own.clone();
        if let Some(here) = own.iter().find(|own| slot == Some(**own)) {
            return (*here, 0);
        }
        if let Some(parked) = own.iter().find(|own| self.segments[**own].is_parked) {
            return (*parked, 0);
        }
        let name = self.spans[span].name.clone();
        let visit = Segment {
            records: vec![Record { name, ..Record::default() }],
            reference: Some(home),
            owner: Some(span),
            is_visit: true,
            is_blank: true,
            ..Segment::default()
        };
        let visit = self.add_segment(visit);
        self.spans[span].own.push(visit);
        (visit, 0)
    }

    /// Returns the record itself if it is open, else its nearest open ancestor.
    fn nearest_open(&self, segment: usize, record: usize) -> usize {
        let records = &self.segments[segment].records;
        let mut at = record;
        while !records[at].is_open
            && let Some(parent) = records[at].parent
        {
            at = parent;
        }
        at
    }

    fn close(&mut self, span: usize) {
        self.spans[span].is_closed = true;
        for own in self.spans[span].own.clone() {
            if std::mem::take(&mut self.segments[own].is_parked) {
                if self.spans[span].home == Some((own, 0)) {
                    self.segments[own].records[0].is_open = false;
                }
                self.segments[own].has_ended = true;
            }
        }
    }

    fn change(&mut self, span: usize, change: impl FnOnce(&mut Record)) {
        match self.spans[span].home {
            None => change(&mut self.spans[span].early),
            Some((segment, _)) if self.segments[segment].has_ended => {}
            Some((segment, record)) => change(&mut self.segments[segment].records[record]),
        }
    }

    fn call(&mut self, thread: usize, number: usize) {
        let name = format!("p{}.f{number}", self.program);
        let record = Record { name, is_open: true, ..Record::default() };
        if let Some(segment) = self.threads[thread].slot {
            let parent = Some(self.segments[segment].current);
            let record = self.add_record(segment, Record { parent, ..record });
            self.segments[segment].current = record;
            self.threads[thread].calls.push((segment, record, false));
        } else {
            let segment = self.add_segment(Segment { records: vec![record], ..Segment::default() });
            self.threads[thread].slot = Some(segment);
            self.threads[thread].calls.push((segment, 0, true));
        }
    }

    fn end_call(&mut self, thread: usize) {
        let (segment, record, is_root) = self.threads[thread].calls.pop().unwrap();
        if self.threads[thread].slot != Some(segment) {
            // The span is not where it ends, so it stays open.
            return;
        }
        self.segments[segment].records[record].is_open = false;
        if self.segments[segment].current == record {
            let parent = self.segments[segment].records[record].parent.unwrap_or(0);
            self.segments[segment].current = self.nearest_open(segment, parent);
        }
        if is_root {
            self.segments[segment].has_ended = true;
            self.threads[thread].slot = None;
        }
    }
}
