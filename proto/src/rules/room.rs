//! The rules of what an OAP on SQL storage can store: a row that it refuses takes its whole batch
//! along.

use super::text::{NAME_UNITS, OPERATION_UNITS, PEER_UNITS, quoted};
use super::{Flow, Judge, Rule};
use crate::storage::{self, LogicEndpoint, SERVICE_BYTES, TagRoom};
use crate::v3::{KeyStringValuePair, SpanObject, SpanType};

impl Judge<'_> {
    /// The names of a service and of its instance.
    pub(super) fn owner_room(
        &mut self,
        span: Option<i32>,
        what: [&str; 2],
        service: &str,
        instance: &str,
    ) -> Flow {
        let [of_service, of_instance] = what;
        self.room(span, of_service, storage::cut(service, NAME_UNITS), SERVICE_BYTES)?;
        self.room(
            span,
            of_instance,
            storage::cut(instance, NAME_UNITS),
            room_below(service, storage::name_bytes),
        )
    }

    /// The name of an endpoint that can have relations.
    pub(super) fn name_room(
        &mut self,
        span: Option<i32>,
        what: &str,
        service: &str,
        name: &str,
    ) -> Flow {
        self.room(
            span,
            what,
            storage::cut(name, OPERATION_UNITS),
            room_below(service, storage::name_bytes),
        )
    }

    /// The operation name, where the OAP makes an endpoint of it: of a call, of a span with refs,
    /// of a logic endpoint, and of the segment.
    pub(super) fn endpoint_room(&mut self, span: &SpanObject) -> Flow {
        let service = self.segment.service.as_str();
        let is_called = span.span_type == i32::from(SpanType::Entry) || !span.refs.is_empty();
        let limit = match span.span_id {
            _ if is_called => storage::name_bytes,
            0 => storage::endpoint_bytes,
            _ if span.tags.iter().any(|tag| tag.key == "x-le") => storage::endpoint_bytes,
            _ => return Flow::Continue(()),
        };
        let name = storage::cut(&span.operation_name, OPERATION_UNITS);
        self.room(Some(span.span_id), "operation name", name, room_below(service, limit))
    }

    pub(super) fn peer_room(&mut self, span: Option<i32>, what: &str, peer: &str) -> Flow {
        let peer = storage::cut(peer, PEER_UNITS);
        if storage::peer_fits(peer) {
            Flow::Continue(())
        } else {
            self.no_room(span, what, peer, format!("{} bytes", storage::PEER_BYTES))
        }
    }

    pub(super) fn tag_room(&mut self, span: Option<i32>, tag: &KeyStringValuePair) -> Flow {
        if tag.key == "x-le" {
            return self.logic_endpoint_room(span, &tag.value);
        }
        match storage::tag_room(&tag.key).filter(|room| !room.holds(&tag.value)) {
            None => Flow::Continue(()),
            Some(TagRoom::Bytes(bytes)) => self.no_room(
                span,
                &format!("tag {}", tag.key),
                &tag.value,
                format!("{bytes} bytes"),
            ),
            Some(TagRoom::Units(units)) => self.no_room(
                span,
                &format!("tag {}", tag.key),
                &tag.value,
                format!("{units} UTF-16 units"),
            ),
        }
    }

    /// The name in the value of `x-le`, which is an endpoint.
    fn logic_endpoint_room(&mut self, span: Option<i32>, value: &str) -> Flow {
        const WHAT: &str = "name in the tag x-le";
        let value = LogicEndpoint::parse(value);
        let name = value.as_ref().and_then(LogicEndpoint::name).unwrap_or_default();
        self.characters(span, WHAT, name)?;
        let limit = room_below(&self.segment.service, storage::endpoint_bytes);
        self.room(span, WHAT, storage::cut(name, OPERATION_UNITS), limit)
    }

    fn room(&mut self, span: Option<i32>, what: &str, name: &str, bytes: usize) -> Flow {
        if name.len() <= bytes {
            Flow::Continue(())
        } else {
            self.no_room(span, what, name, format!("{bytes} bytes"))
        }
    }

    fn no_room(&mut self, span: Option<i32>, what: &str, value: &str, most: String) -> Flow {
        self.tell(span, Rule::Column { what: what.to_owned(), value: quoted(value), most })
    }

    /// That storage takes each character.
    pub(super) fn characters(&mut self, span: Option<i32>, what: &'static str, text: &str) -> Flow {
        if storage::is_storable(text) {
            Flow::Continue(())
        } else {
            self.tell(span, Rule::Nul { what, value: quoted(text) })
        }
    }
}

/// A service that is too long by itself is told by itself: its names are measured as if it fitted.
fn room_below(service: &str, limit: impl Fn(usize) -> usize) -> usize {
    limit(storage::cut(service, NAME_UNITS).len().min(SERVICE_BYTES))
}
