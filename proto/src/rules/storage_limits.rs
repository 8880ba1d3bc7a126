//! The limits of SQL storage. A row that the database refuses fails with its whole batch.

use super::lengths::{NAME_UNITS, OPERATION_UNITS, PEER_UNITS, quoted};
use super::{Flow, Rule, Validator};
use crate::storage::{self, LogicEndpoint, SERVICE_BYTES, TagLimit};
use crate::v3::{KeyStringValuePair, SpanObject, SpanType};

impl Validator<'_> {
    /// Checks the names of a service and of its instance.
    pub(super) fn service_and_instance_fit(
        &mut self,
        span: Option<i32>,
        what: [&str; 2],
        service: &str,
        instance: &str,
    ) -> Flow {
        let [of_service, of_instance] = what;
        self.fits(span, of_service, storage::cut(service, NAME_UNITS), SERVICE_BYTES)?;
        self.fits(
            span,
            of_instance,
            storage::cut(instance, NAME_UNITS),
            limit_below(service, storage::name_bytes),
        )
    }

    /// Checks the name of an endpoint that can have relations.
    pub(super) fn endpoint_name_fits(
        &mut self,
        span: Option<i32>,
        what: &str,
        service: &str,
        name: &str,
    ) -> Flow {
        self.fits(
            span,
            what,
            storage::cut(name, OPERATION_UNITS),
            limit_below(service, storage::name_bytes),
        )
    }

    /// Checks the operation name where the OAP makes an endpoint of it: of an Entry, a span with refs,
    /// a logic endpoint, and span 0.
    pub(super) fn operation_name_fits(&mut self, span: &SpanObject) -> Flow {
        let service = self.segment.service.as_str();
        let is_called = span.span_type == i32::from(SpanType::Entry) || !span.refs.is_empty();
        let limit = match span.span_id {
            _ if is_called => storage::name_bytes,
            0 => storage::endpoint_bytes,
            _ if span.tags.iter().any(|tag| tag.key == "x-le") => storage::endpoint_bytes,
            _ => return Flow::Continue(()),
        };
        let name = storage::cut(&span.operation_name, OPERATION_UNITS);
        self.fits(Some(span.span_id), "operation name", name, limit_below(service, limit))
    }

    pub(super) fn peer_fits(&mut self, span: Option<i32>, what: &str, peer: &str) -> Flow {
        let peer = storage::cut(peer, PEER_UNITS);
        if storage::peer_fits(peer) {
            Flow::Continue(())
        } else {
            self.does_not_fit(span, what, peer, format!("{} bytes", storage::PEER_BYTES))
        }
    }

    pub(super) fn tag_fits(&mut self, span: Option<i32>, tag: &KeyStringValuePair) -> Flow {
        if tag.key == "x-le" {
            return self.logic_endpoint_fits(span, &tag.value);
        }
        match storage::tag_limit(&tag.key).filter(|limit| !limit.holds(&tag.value)) {
            None => Flow::Continue(()),
            Some(TagLimit::Bytes(bytes)) => self.does_not_fit(
                span,
                &format!("tag {}", tag.key),
                &tag.value,
                format!("{bytes} bytes"),
            ),
            Some(TagLimit::Units(units)) => self.does_not_fit(
                span,
                &format!("tag {}", tag.key),
                &tag.value,
                format!("{units} UTF-16 units"),
            ),
        }
    }

    /// Checks the name in the value of `x-le`, which is an endpoint.
    fn logic_endpoint_fits(&mut self, span: Option<i32>, value: &str) -> Flow {
        const WHAT: &str = "name in the tag x-le";
        let value = LogicEndpoint::parse(value);
        let name = value.as_ref().and_then(LogicEndpoint::name).unwrap_or_default();
        self.characters(span, WHAT, name)?;
        let limit = limit_below(&self.segment.service, storage::endpoint_bytes);
        self.fits(span, WHAT, storage::cut(name, OPERATION_UNITS), limit)
    }

    fn fits(&mut self, span: Option<i32>, what: &str, name: &str, bytes: usize) -> Flow {
        if name.len() <= bytes {
            Flow::Continue(())
        } else {
            self.does_not_fit(span, what, name, format!("{bytes} bytes"))
        }
    }

    fn does_not_fit(&mut self, span: Option<i32>, what: &str, value: &str, most: String) -> Flow {
        self.report(span, Rule::Column { what: what.to_owned(), value: quoted(value), most })
    }

    /// Checks that storage accepts each character.
    pub(super) fn characters(&mut self, span: Option<i32>, what: &'static str, text: &str) -> Flow {
        if storage::is_storable(text) {
            Flow::Continue(())
        } else {
            self.report(span, Rule::Nul { what, value: quoted(text) })
        }
    }
}

/// Returns the limit of a name below the service. A service name that is too long counts as one of
/// the maximum length, since it has a violation of its own.
fn limit_below(service: &str, limit: impl Fn(usize) -> usize) -> usize {
    limit(storage::cut(service, NAME_UNITS).len().min(SERVICE_BYTES))
}
