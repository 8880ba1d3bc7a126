//! The model: segments and spans in lists, and a place for each piece of code, handed from caller to callee in words.

use std::collections::{BTreeMap, BTreeSet};

use skywalking_runtime::testing::{Span, Tree};

use super::plan::Site;

/// Where a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: what opens begins a trace.
    Nowhere,
    /// In a request that is left out.
    Ignored,
    /// In the span with this number, as the level-th of those that are one with it.
    Span { number: usize, level: u16 },
}

/// What the tracer records of a span, by its name: the parent's name, how it is tied to it, and what is said of it.
pub(crate) type Flat = BTreeMap<String, String>;

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself; a model is to be read, not to be small")]
struct Recorded {
    name: String,
    kind: &'static str,
    parent: Option<usize>,
    /// It began in another segment and is a Local span.
    is_continued: bool,
    is_error: bool,
    tags: BTreeMap<String, String>,
    logs: Vec<&'static str>,
    is_open: bool,
    levels: u16,
    parent_level: u16,
    /// A panic was told by one that is one with it.
    panic_told: bool,
    is_dropping: bool,
}

/// All spans of a program.
#[derive(Debug, Default)]
pub(crate) struct Model {
    spans: Vec<Recorded>,
    names: usize,
}

impl Model {
    /// A name that no other span has.
    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        format!("span {}", self.names)
    }

    fn add(&mut self, name: &str, kind: &'static str, parent: Option<usize>, parent_level: u16, is_continued: bool) -> Place {
        self.spans.push(Recorded {
            name: name.to_owned(),
            kind,
            parent,
            is_continued,
            is_error: false,
            tags: BTreeMap::new(),
            logs: Vec::new(),
            is_open: true,
            levels: 0,
            parent_level,
            panic_told: false,
            is_dropping: false,
        });
        Place::Span { number: self.spans.len() - 1, level: 0 }
    }

    /// A span opens at this place.
    pub(crate) fn open(&mut self, place: Place, site: Site, name: &str) -> Place {
        let (kind, is_fallback) = match site {
            Site::Entry => ("Entry", false),
            Site::EntryFallback => ("Entry", true),
            Site::Exit => ("Exit", false),
            Site::ExitFallback => ("Exit", true),
            Site::Local => ("Local", false),
        };
        let Place::Span { number, level } = place else {
            return if place == Place::Ignored { place } else { self.add(name, kind, None, 0, false) };
        };
        let outer = &mut self.spans[number];
        let merges = kind != "Local" && outer.kind == kind && outer.is_open && outer.levels == level && level < 15;
        if !merges {
            return self.add(name, kind, Some(number), level, false);
        }
        if !is_fallback {
            name.clone_into(&mut outer.name);
        }
        outer.levels += 1;
        Place::Span { number, level: level + 1 }
    }

    /// What began at `from` goes on elsewhere: a Local span, in a segment of its own unless `in_place`.
    pub(crate) fn go_on(&mut self, from: Place, name: &str, in_place: bool) -> Place {
        match from {
            Place::Span { number, level } => self.add(name, "Local", Some(number), if in_place { level } else { 0 }, !in_place),
            other => other,
        }
    }

    pub(crate) fn close(&mut self, place: Place) {
        let Place::Span { number, level } = place else { return };
        let span = &mut self.spans[number];
        if level == 0 {
            span.is_open = false;
        } else if span.is_open {
            span.levels = span.levels.saturating_sub(1);
        }
    }

    /// The place itself if its span is open, else that of the nearest ancestor.
    pub(crate) fn nearest_open(&self, place: Place) -> Place {
        let Place::Span { mut number, mut level } = place else { return place };
        while !self.spans[number].is_open {
            let span = &self.spans[number];
            let Some(parent) = span.parent.filter(|_| !span.is_continued) else { return Place::Nowhere };
            (number, level) = (parent, span.parent_level);
        }
        Place::Span { number, level: level.min(self.spans[number].levels) }
    }

    /// Where one is who was at `now`, when what was opened at `closed` has just ended.
    pub(crate) fn left(&self, now: Place, closed: Place) -> Place {
        match (now, closed) {
            (Place::Span { number, level }, Place::Span { number: ended, level: at })
                if number == ended && at > 0 && self.spans[number].is_open =>
            {
                Place::Span { number, level: level.min(at - 1).min(self.spans[number].levels) }
            }
            (Place::Span { number, .. }, Place::Span { number: ended, .. }) if number == ended => self.nearest_open(now),
            _ => now,
        }
    }

    pub(crate) fn rename(&mut self, place: Place, name: &str) {
        if let Some(span) = self.at(place) {
            name.clone_into(&mut span.name);
        }
    }

    fn at(&mut self, place: Place) -> Option<&mut Recorded> {
        match place {
            Place::Span { number, .. } => self.spans.get_mut(number),
            _ => None,
        }
    }

    pub(crate) fn tag(&mut self, place: Place, key: &str, value: &str) {
        if let Some(span) = self.at(place) {
            span.tags.insert(key.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn fail(&mut self, place: Place) {
        if let Some(span) = self.at(place) {
            span.is_error = true;
        }
    }

    /// A panic begins here.
    pub(crate) fn panic(&mut self, place: Place) {
        let mut at = if let Place::Span { number, .. } = place { Some(number) } else { None };
        while let Some(number) = at {
            let span = &mut self.spans[number];
            span.panic_told = false;
            at = span.parent.filter(|_| !span.is_continued);
        }
    }

    /// It goes through the span that was opened at this place.
    pub(crate) fn panicked(&mut self, place: Place) {
        let Place::Span { level, .. } = place else { return };
        if let Some(span) = self.at(place).filter(|span| !span.panic_told) {
            span.is_error = true;
            span.logs.push("error");
            span.panic_told = level > 0;
        }
        self.close(place);
    }

    /// The future of a span is about to be dropped unfinished.
    pub(crate) fn begin_drop(&mut self, place: Place) {
        if let Place::Span { level: 0, .. } = place
            && let Some(span) = self.at(place)
        {
            span.is_dropping = true;
        }
    }

    /// It has been dropped.
    pub(crate) fn cancelled(&mut self, place: Place) {
        let Place::Span { level, .. } = place else { return };
        if let Some(span) = self.at(place).filter(|span| level == 0 || !span.is_dropping) {
            span.logs.push("cancelled");
        }
        self.close(place);
    }

    /// What must have been recorded.
    pub(crate) fn flat(&self) -> Flat {
        let lines = self.spans.iter().map(|span| {
            let parent = span.parent.map_or("nothing", |parent| &self.spans[parent].name);
            let reference = if span.is_continued { " by ref" } else { "" };
            let error = if span.is_error { " ERROR" } else { "" };
            let unfinished = if span.is_open { " unfinished" } else { "" };
            (span.name.clone(), format!("{} below {parent}{reference}{error}{unfinished} {:?} {:?}", span.kind, span.tags, span.logs))
        });
        lines.collect()
    }
}

/// The same of what was recorded.
pub(crate) fn flat(trees: &[Tree]) -> Flat {
    fn add(flat: &mut Flat, span: &Span, parent: &str) {
        let reference = if span.refs.is_empty() { "" } else { " by ref" };
        let error = if span.is_error { " ERROR" } else { "" };
        let mut tags: BTreeMap<&str, &str> = span.tags.iter().map(|(key, value)| (&**key, &**value)).collect();
        let unfinished = if tags.remove("unfinished").is_some() { " unfinished" } else { "" };
        let logs: Vec<&str> =
            span.logs.iter().filter_map(|log| log.fields.iter().find(|(key, _)| key == "event")).map(|(_, value)| &**value).collect();
        let line = format!("{} below {parent}{reference}{error}{unfinished} {tags:?} {logs:?}", span.kind);
        assert_eq!(flat.insert(span.name.clone(), line), None, "two spans are called {}", span.name);
        for child in &span.children {
            add(flat, child, &span.name);
        }
    }
    let mut flat = Flat::new();
    for tree in trees {
        add(&mut flat, &tree.root, "nothing");
    }
    flat
}

/// The lines in which the two are not the same.
pub(crate) fn differences(found: &Flat, expected: &Flat) -> String {
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let line = |flat: &Flat, name: &str| flat.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
    let differs = names.into_iter().filter(|name| found.get(*name) != expected.get(*name));
    differs.fold(String::new(), |text, name| {
        text + &format!("{name}\n  recorded: {}\n  expected: {}\n", line(found, name), line(expected, name))
    })
}
