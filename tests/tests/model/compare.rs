//! Formats the reported spans and those of the model as lines, one for each span name, and compares
//! them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use skywalking_runtime::testing::{Span, Tree};
use skywalking_tests::spans;

use super::reference::{Model, Ref};

/// A line for each span, with its parent and its attributes.
pub(crate) type Flat = BTreeMap<String, String>;

/// The names of spans by segment and span id.
pub(crate) type Places<'a> = HashMap<(&'a str, i32), String>;

/// Formats the spans of the model.
pub(crate) fn expected(model: &Model) -> Flat {
    let mut names = Names::default();
    let names: Vec<String> = model.spans.iter().map(|span| names.another(&span.name)).collect();
    let mut flat = Flat::new();
    for part in model.segments.iter().flat_map(|segment| &segment.parts) {
        for (id, number) in part.places.iter().enumerate() {
            let Some(number) = *number else { continue };
            let span = &model.spans[number];
            let first = part.places[0].unwrap_or(number);
            let parent = span.parent.map_or("nothing", |parent| &*names[parent]);
            let refs: Vec<String> = span
                .refs
                .iter()
                .map(|Ref { kind, number, endpoint, peer }| {
                    line_of_ref(kind, &names[*number], endpoint, peer)
                })
                .collect();
            let handle = span.handle.map(|handle| &model.handles[handle]);
            let left_out = format!("spans={}", part.left_out);
            let mut tags: BTreeMap<&str, &str> = span
                .tags
                .iter()
                .chain(handle.iter().flat_map(|handle| &handle.tags))
                .map(|(key, value)| (&**key, short(value)))
                .collect();
            if number == first && part.left_out > 0 {
                tags.insert("left_out", &left_out);
            }
            let mut marks = String::new();
            for (is_set, mark) in [
                (span.is_error || handle.is_some_and(|handle| handle.is_error), " ERROR"),
                (handle.map_or(span.is_open, |handle| !handle.is_finished), " unfinished"),
                (number == first && part.left_out > 0, " limited"),
                (span.is_counted, " skipped"),
            ] {
                marks += if is_set { mark } else { "" };
            }
            let line = format!(
                "{} {id} of {} below {parent}{marks} {tags:?} {:?} {refs:?}",
                span.kind, names[first], span.logs
            );
            flat.insert(names[number].clone(), line);
        }
    }
    flat
}

/// The names of spans. A span that continues in a new part has the same name, so the second and
/// later ones get a number.
#[derive(Default)]
pub(crate) struct Names<'a>(HashMap<&'a str, usize>);

impl<'a> Names<'a> {
    pub(crate) fn another(&mut self, name: &'a str) -> String {
        let count = self.0.entry(name).or_default();
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name}, part {count}") }
    }
}

fn short(value: &str) -> &str {
    if value.len() > 100 { "much" } else { value }
}

fn line_of_ref(kind: &str, parent: &str, endpoint: &str, peer: &str) -> String {
    format!("{kind} {parent} of {endpoint} at {peer}")
}

/// Formats the reported spans.
pub(crate) fn found(trees: &[Tree]) -> Flat {
    let places = places(trees);
    let mut flat = Flat::new();
    for tree in trees {
        add(&mut flat, &places, &tree.root, None);
    }
    flat
}

/// Returns the name of each span by its segment and id.
pub(crate) fn places(trees: &[Tree]) -> Places<'_> {
    let mut names = Names::default();
    let spans = spans::all(trees).into_iter();
    spans.map(|span| ((&*span.segment_id, span.span_id), names.another(&span.name))).collect()
}

fn name<'a>(places: &'a Places<'a>, segment: &'a str, id: i32) -> &'a str {
    places.get(&(segment, id)).map_or("an unreported span", |name| name)
}

fn add(flat: &mut Flat, places: &Places<'_>, span: &Span, parent: Option<&Span>) {
    let parent = parent.filter(|parent| parent.segment_id == span.segment_id);
    let parent =
        parent.map_or("nothing", |parent| name(places, &parent.segment_id, parent.span_id));
    let refs: Vec<String> = span
        .refs
        .iter()
        .map(|to| {
            line_of_ref(
                to.kind.as_str(),
                name(places, &to.segment_id, to.span_id),
                &to.endpoint,
                &to.address,
            )
        })
        .collect();
    let mut tags: BTreeMap<&str, &str> =
        span.tags.iter().map(|(key, value)| (&**key, short(value))).collect();
    let mut marks = String::new();
    let is_unfinished = tags.remove("unfinished").is_some();
    for (is_set, mark) in [
        (span.is_error, " ERROR"),
        (is_unfinished, " unfinished"),
        (span.is_size_limited, " limited"),
        (span.skip_analysis, " skipped"),
    ] {
        marks += if is_set { mark } else { "" };
    }
    let events =
        span.logs.iter().filter_map(|log| log.fields.iter().find(|(key, _)| key == "event"));
    let logs: Vec<&str> = events.map(|(_, value)| &**value).collect();
    let first = name(places, &span.segment_id, 0);
    let line = format!(
        "{} {} of {first} below {parent}{marks} {tags:?} {logs:?} {refs:?}",
        span.kind, span.span_id
    );
    flat.insert(name(places, &span.segment_id, span.span_id).to_owned(), line);
    for child in &span.children {
        add(flat, places, child, Some(span));
    }
}

/// Returns the lines that differ.
pub(crate) fn differences(found: &Flat, expected: &Flat) -> String {
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let line =
        |flat: &Flat, name: &str| flat.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
    let differs = names.into_iter().filter(|name| found.get(*name) != expected.get(*name));
    differs.fold(String::new(), |text, name| {
        text + &format!(
            "{name}\n  recorded: {}\n  expected: {}\n",
            line(found, name),
            line(expected, name)
        )
    })
}
