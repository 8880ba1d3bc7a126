//! What the tracer reported and what the model computed, as lines that can be compared: one a span, by its name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use skywalking_runtime::testing::{Span, Tree};

use super::plain::{Model, Ref};

/// A line for each span: where it stands, and what is said of it.
pub(crate) type Flat = BTreeMap<String, String>;

/// Spans by segment and id.
type Places<'a> = HashMap<(&'a str, i32), &'a str>;

/// What the model says must have been recorded.
pub(crate) fn expected(model: &Model) -> Flat {
    let name = |number: usize| &*model.spans[number].name;
    let lines = model.spans.iter().enumerate().map(|(number, span)| {
        let segment = &model.segments[span.segment];
        let id = segment.spans.iter().position(|other| *other == number).unwrap_or(usize::MAX);
        let first = segment.spans[0];
        let parent = span.parent.map_or("nothing", name);
        let refs: Vec<String> =
            span.refs.iter().map(|Ref { kind, number, endpoint, peer }| line_of_ref(kind, name(*number), endpoint, peer)).collect();
        let mut marks = String::new();
        for (is_set, mark) in
            [(span.is_error, " ERROR"), (span.is_open, " unfinished"), (number == first && segment.is_limited, " limited")]
        {
            marks += if is_set { mark } else { "" };
        }
        let line = format!("{} {id} of {} below {parent}{marks} {:?} {:?} {refs:?}", span.kind, name(first), span.tags, span.logs);
        (span.name.clone(), line)
    });
    lines.collect()
}

fn line_of_ref(kind: &str, parent: &str, endpoint: &str, peer: &str) -> String {
    format!("{kind} {parent} of {endpoint} at {peer}")
}

/// The same of what was reported.
pub(crate) fn found(trees: &[Tree]) -> Flat {
    let places = places(trees);
    let mut flat = Flat::new();
    for tree in trees {
        add(&mut flat, &places, &tree.root, None);
    }
    flat
}

/// Each span's name, by where it is.
pub(crate) fn places(trees: &[Tree]) -> Places<'_> {
    fn note<'a>(places: &mut Places<'a>, span: &'a Span) {
        places.insert((&span.segment_id, span.span_id), &span.name);
        for child in &span.children {
            note(places, child);
        }
    }
    let mut places = Places::new();
    for tree in trees {
        note(&mut places, &tree.root);
    }
    places
}

fn add(flat: &mut Flat, places: &Places<'_>, span: &Span, parent: Option<&Span>) {
    let parent = parent.filter(|parent| parent.segment_id == span.segment_id).map_or("nothing", |parent| &*parent.name);
    let name = |segment: &str, id: i32| places.get(&(segment, id)).copied().unwrap_or("what was not seen");
    let refs: Vec<String> =
        span.refs.iter().map(|to| line_of_ref(&to.kind, name(&to.segment_id, to.span_id), &to.endpoint, &to.address)).collect();
    let mut tags: BTreeMap<&str, &str> = span.tags.iter().map(|(key, value)| (&**key, &**value)).collect();
    let mut marks = String::new();
    let is_unfinished = tags.remove("unfinished").is_some();
    for (is_set, mark) in [(span.is_error, " ERROR"), (is_unfinished, " unfinished"), (span.is_size_limited, " limited")] {
        marks += if is_set { mark } else { "" };
    }
    let events = span.logs.iter().filter_map(|log| log.fields.iter().find(|(key, _)| key == "event"));
    let logs: Vec<&str> = events.map(|(_, value)| &**value).collect();
    let first = name(&span.segment_id, 0);
    let line = format!("{} {} of {first} below {parent}{marks} {tags:?} {logs:?} {refs:?}", span.kind, span.span_id);
    assert_eq!(flat.insert(span.name.clone(), line), None, "two spans are called {}", span.name);
    for child in &span.children {
        add(flat, places, child, Some(span));
    }
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
