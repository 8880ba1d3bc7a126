//! The known headers of a request.

use std::borrow::Cow;

use crate::config::policies::OtherContexts;
use crate::headers::correlation;
use crate::headers::extension;
use crate::headers::sw8;
use crate::headers::w3c;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text;

/// A known header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    Sw8,
    Correlation,
    Extension,
    Parent,
    State,
    RequestId,
}

impl Header {
    pub(super) const ALL: [Self; 6] =
        [Self::Sw8, Self::Correlation, Self::Extension, Self::Parent, Self::State, Self::RequestId];

    /// Returns the header with this name. The length excludes most other names.
    #[cfg(feature = "carrier-http")]
    #[inline]
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            sw8::HEADER => Some(Self::Sw8),
            correlation::HEADER => Some(Self::Correlation),
            extension::HEADER => Some(Self::Extension),
            w3c::TRACEPARENT => Some(Self::Parent),
            w3c::TRACESTATE => Some(Self::State),
            w3c::REQUEST_ID => Some(Self::RequestId),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sw8 => sw8::HEADER,
            Self::Correlation => correlation::HEADER,
            Self::Extension => extension::HEADER,
            Self::Parent => w3c::TRACEPARENT,
            Self::State => w3c::TRACESTATE,
            Self::RequestId => w3c::REQUEST_ID,
        }
    }

    pub(crate) fn is_wanted(self, others: OtherContexts) -> bool {
        others == OtherContexts::Keep
            || matches!(self, Self::Sw8 | Self::Correlation | Self::Extension)
    }

    /// Returns the most bytes of a useful value, and the reason for rejecting a longer one.
    fn limit(self) -> (usize, Diagnostic) {
        match self {
            Self::Sw8 => (sw8::LIMIT, Diagnostic::Sw8TooLong),
            Self::Correlation => {
                (correlation::Limits::MOST.header(), Diagnostic::CorrelationTooLong)
            }
            Self::Extension => (extension::LIMIT, Diagnostic::ExtensionField),
            Self::Parent => (w3c::PARENT_LIMIT, Diagnostic::OtherContext),
            Self::State => (w3c::STATE_LIMIT, Diagnostic::OtherContext),
            // Each unit has three bytes at most.
            Self::RequestId => (3 * w3c::REQUEST_ID_LIMIT, Diagnostic::OtherContext),
        }
    }
}

/// The known headers of a request.
#[derive(Debug, Default)]
pub struct IncomingHeaders<'a> {
    values: [Option<Cow<'a, str>>; Header::ALL.len()],
}

impl<'a> IncomingHeaders<'a> {
    /// Makes them of a value for each header.
    pub(super) fn new(value: impl FnMut(Header) -> Option<Cow<'a, str>>) -> Self {
        Self { values: Header::ALL.map(value) }
    }

    /// Returns the value of a header, or `None` if it is empty.
    pub(crate) fn get(&self, header: Header) -> Option<&str> {
        self.values.get(header as usize)?.as_deref().filter(|value| !value.is_empty())
    }

    /// Adds a value of a header. Of several values the first is used. The values of a list are
    /// joined.
    #[cfg(feature = "carrier-http")]
    #[inline]
    pub(super) fn add(&mut self, header: Header, value: impl FnOnce() -> Cow<'a, str>) {
        let Some(place) = self.values.get_mut(header as usize) else { return };
        match place {
            None => *place = Some(value()),
            Some(list) if header == Header::State => {
                let list = list.to_mut();
                list.push(',');
                list.push_str(&value());
            }
            Some(_) => {}
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// Removes a header.
    pub(crate) fn remove(&mut self, header: Header) {
        if let Some(place) = self.values.get_mut(header as usize) {
            *place = None;
        }
    }

    /// Copies the headers for later, without those that are too long. Returns `None` if none is
    /// left.
    pub(crate) fn into_kept(self) -> Option<IncomingHeaders<'static>> {
        let kept = Header::ALL.map(|header| {
            let value = self.get(header)?;
            let (limit, reason) = header.limit();
            if header == Header::RequestId {
                // Recorded up to the limit.
                return Some(Cow::Owned(text::cut_bytes(value, limit).to_owned()));
            }
            if value.len() > limit {
                diagnostics::count(reason);
                return None;
            }
            Some(Cow::Owned(value.to_owned()))
        });
        kept.iter().any(Option::is_some).then_some(IncomingHeaders { values: kept })
    }
}
