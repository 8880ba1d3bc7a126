//! A span that has not opened yet, and how it opens.

use std::borrow::Cow;

use crate::context::current_segment;
use crate::context::frames::Before;
use crate::context::quiet;
use crate::context::thread_state;
use crate::segment::{Change, NameSource, Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::movable::fields::SpanFields;
use crate::trace::movable::is_current;
use crate::trace::movable::visits::{Home, Open, OwnSegments};
use crate::trace::root;
use crate::trace::snapshot::Snapshot;
use crate::tracer;
use crate::util::clock;

/// An Entry span that is first entered in a segment of its own. It is a Local span there: an Entry
/// with a CrossThread reference draws a call from the service to itself.
static ELSEWHERE: Callsite = Callsite::located(SpanKind::Local, "elsewhere", file!(), line!());

/// What is known of a span that has not opened.
#[derive(Debug)]
pub(super) struct Waiting {
    parent: Snapshot,
    /// The stamp of its creation, which is its start.
    created: u64,
    fields: SpanFields,
}

impl Waiting {
    pub(super) fn new(parent: Snapshot, fields: SpanFields) -> Self {
        Self { parent, created: clock::now(), fields }
    }

    pub(super) fn parent(&self) -> &Snapshot {
        &self.parent
    }

    pub(super) fn add(&mut self, change: Change) {
        self.fields.add(change);
    }

    /// Opens the span and makes it current, if the parent's segment is in the slot and records.
    pub(super) fn open_here(&self, callsite: &'static Callsite) -> Option<(Open, Before)> {
        let (shared, parent) = self.parent.span()?;
        if !shared.sampled || !is_current(shared.key) {
            return None;
        }
        let opened = current_segment::with_key(shared.key, |segment| {
            if !segment.is_sampled() {
                return None;
            }
            // After a split the index can be that of another span.
            let same = segment.id() == shared.id;
            let saved = if same { segment.move_to(parent) } else { segment.current() };
            let opened = self.fields.open_in(segment, callsite);
            segment.start_at(opened, self.created);
            segment.accept_changes();
            Some((saved, Home { key: segment.key(), opened, shared: segment.share() }))
        });
        let (saved, home) = opened.flatten()?;
        Some((self.opened(home, OwnSegments::default(), callsite), Before::Current(saved)))
    }

    /// Returns true if the parent's segment is in the slot and does not record now.
    pub(super) fn is_left_out_here(&self) -> bool {
        self.parent.span().is_some_and(|(shared, _)| is_current(shared.key))
    }

    /// Opens the span as the first one of a segment that refers to the parent.
    #[cold]
    pub(super) fn open_elsewhere(
        &self,
        callsite: &'static Callsite,
    ) -> Option<(Open, Box<Segment>)> {
        let (shared, parent) = self.parent.span()?;
        if !tracer::enabled() || quiet::forbids_roots() {
            return None;
        }
        let mut segment =
            thread_state::segment(|settings| Some(shared.sampled && root::may_open(settings)))?;
        segment.join(shared);
        let is_entry = callsite.kind == SpanKind::Entry;
        let mut head = 0;
        if segment.is_sampled() {
            segment.add_thread_ref(&mut head, shared.id, parent, &shared.endpoint);
            if is_entry {
                segment.static_name(&mut head, callsite.name);
            }
        }
        let here = if is_entry { &ELSEWHERE } else { callsite };
        let (begun, mut segment) = root::prepare(segment, here, head, 0);
        if segment.is_sampled() {
            segment.start_at(begun.opened(), self.created);
            for change in self.fields.iter() {
                if !is_entry || !matches!(change, Change::Peer(_) | Change::Layer(_)) {
                    change.apply(&mut segment);
                }
            }
            segment.accept_changes();
        }
        let home = Home { key: begun.key, opened: begun.opened(), shared: segment.share() };
        Some((self.opened(home, OwnSegments::of(&segment), callsite), segment))
    }

    fn opened(&self, home: Home, own: OwnSegments, callsite: &'static Callsite) -> Open {
        let is_exit = callsite.kind == SpanKind::Exit;
        let peer = if is_exit { self.fields.last_peer().map(Box::from) } else { None };
        let name = self.fields.last_name().unwrap_or(Cow::Borrowed(callsite.name));
        Open { home, name, peer, own, entered: false }
    }
}

impl SpanFields {
    /// Opens a child of the current span with these fields, or merges it with the current span.
    fn open_in(&self, segment: &mut Segment, callsite: &'static Callsite) -> SpanRef {
        if segment.merges(callsite.kind) {
            return self.merge_into(segment, callsite);
        }
        if segment.is_full()
            && callsite.kind == SpanKind::Exit
            && let Some(peer) = self.last_peer()
        {
            let reserved = segment.reserve_overflow(peer);
            return segment.open_reserved(reserved);
        }
        let opened = segment.open_as(callsite, 0, segment.flags_inside(callsite.kind));
        if !opened.is_overflow() {
            self.iter().for_each(|change| change.apply(segment));
        }
        opened
    }

    #[cold]
    fn merge_into(&self, segment: &mut Segment, callsite: &'static Callsite) -> SpanRef {
        let before = segment.take_over(callsite);
        for change in self.iter() {
            let takes = match change {
                Change::Tag(key, _) => segment.takes_tag(before, callsite, key),
                Change::StaticName(_) | Change::Name(_) => {
                    segment.takes_name(before, callsite, NameSource::Computed)
                }
                Change::Peer(_) => segment.lacks_peer(),
                Change::Component(_) => segment.takes_component(callsite),
                Change::Layer(_) => segment.takes_layer(callsite),
                Change::Log(..) | Change::Failed | Change::Reference(_) | Change::Done(_) => true,
            };
            if takes {
                change.apply(segment);
            }
        }
        segment.open_level(callsite)
    }

    fn last_name(&self) -> Option<Cow<'static, str>> {
        self.iter().rev().find_map(|change| match change {
            Change::StaticName(name) => Some(Cow::Borrowed(*name)),
            Change::Name(name) => Some(Cow::Owned(name.clone())),
            _ => None,
        })
    }

    fn last_peer(&self) -> Option<&str> {
        self.iter().rev().find_map(|change| match change {
            Change::Peer(peer) => Some(&**peer),
            _ => None,
        })
    }
}
