//! Which storage the backend has, and what it leaves of a name.

use std::borrow::Cow;

use skywalking_proto::storage::{self, LogicEndpoint};

use super::NAME_LIMIT;
use crate::util::text;

/// The storage of the backend.
///
/// The columns of SQL storage hold names as Base64 of UTF-8. A backend that can't store a name
/// refuses it together with other services' data, long after it has answered the report with
/// success. So an agent shortens such a name before it leaves: to a beginning, `-` and 8
/// hexadecimal digits of its hash, the same in every process.
///
/// Below a service of 20 ASCII characters an operation name has 162 bytes, below one of 50
/// characters 132. These are 54 and 44 Chinese characters. Java's agent and the limit of 150
/// characters alone do not prevent the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Storage {
    /// Names that a backend with `PostgreSQL` or `MySQL` can store. They are right for every other
    /// storage as well.
    #[default]
    Sql,
    /// Names of up to 150 UTF-16 units, whatever their bytes. For fleets on Elasticsearch or
    /// `BanyanDB`.
    Any,
}

impl Storage {
    /// The most bytes of a service.
    pub(super) fn service_bytes(self) -> usize {
        match self {
            Self::Sql => storage::SERVICE_BYTES,
            Self::Any => usize::MAX,
        }
    }

    /// The most bytes of an operation or an instance below this service.
    pub(crate) fn name_bytes(self, service: &str) -> usize {
        match self {
            Self::Sql => storage::name_bytes(service.len()),
            Self::Any => usize::MAX,
        }
    }

    /// The name of a service of another process.
    pub(crate) fn service(self, name: Cow<'_, str>) -> Cow<'_, str> {
        text::within(name, NAME_LIMIT, self.service_bytes())
    }

    /// The value of this tag, where the backend makes a name or a statement of it.
    pub(crate) fn tag<'a>(self, key: &str, value: Cow<'a, str>) -> Cow<'a, str> {
        if key == LOGIC_ENDPOINT {
            return self.logic_endpoint(&value).map_or(value, Cow::Owned);
        }
        match storage::tag_limit(key) {
            Some(room) if self == Self::Sql && !room.holds(&value) => {
                Cow::Owned(room.fit(&value).into_owned())
            }
            _ => value,
        }
    }

    /// The value of `x-le` with a name that the backend can store, if it has another one.
    fn logic_endpoint(self, value: &str) -> Option<String> {
        // A short name without escapes is stored as it is, and most values have none at all.
        if value.len() <= LOGIC_NAME_BYTES && !value.contains('\\') {
            return None;
        }
        let endpoint = LogicEndpoint::parse(value)?;
        let name = endpoint.name()?;
        // Of ASCII the backend cuts what is too long.
        let bytes =
            if self == Self::Any || name.is_ascii() { usize::MAX } else { LOGIC_NAME_BYTES };
        let stored = storage::shorten(&storage::storable(name), usize::MAX, bytes).into_owned();
        (stored != name).then(|| endpoint.renamed(&stored))
    }

    /// True if a peer leaves as it is.
    #[inline]
    pub(crate) fn holds_peer(self, peer: &str) -> bool {
        self == Self::Any || storage::peer_fits(peer)
    }

    /// The address called, as it leaves in headers and on spans.
    #[inline]
    pub(crate) fn peer(self, peer: Cow<'_, str>) -> Cow<'_, str> {
        if self.holds_peer(&peer) {
            peer
        } else {
            Cow::Owned(storage::shorten_peer(&peer).into_owned())
        }
    }
}

/// The tag of a logic endpoint. Its value is JSON, which may have the name of the endpoint.
const LOGIC_ENDPOINT: &str = "x-le";

/// The most bytes of a logic endpoint's name below any service.
const LOGIC_NAME_BYTES: usize = storage::endpoint_bytes(storage::SERVICE_BYTES);
