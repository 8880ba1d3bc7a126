//! [`Storage`]: the storage of the backend, and the length of names that it can hold.

use std::borrow::Cow;

use skywalking_proto::storage::{self, LogicEndpoint};

use super::NAME_LIMIT;
use crate::util::text::{self, is_blank};

/// The storage of the backend.
///
/// The columns of SQL storage hold names as Base64 of UTF-8. A backend that cannot store a name
/// rejects it together with other services' data, long after it has confirmed the report. So an
/// agent shortens such a name before it is sent: to a beginning, `-` and 8 hexadecimal digits of
/// its hash, the same in every process.
///
/// With a service name of 20 ASCII characters an operation name can have 162 bytes, and with one of
/// 50 characters 132 bytes. These are 54 and 44 Chinese characters. The Java agent and its limit of
/// 150 characters do not prevent the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Storage {
    /// Names that a backend with `PostgreSQL` or `MySQL` can store. Every other storage can store
    /// them as well.
    #[default]
    Sql,
    /// Names of up to 150 UTF-16 units, of any number of bytes. For backends with Elasticsearch or
    /// `BanyanDB`.
    Any,
}

impl Storage {
    /// Returns the most bytes of a service name.
    pub(super) fn service_bytes(self) -> usize {
        match self {
            Self::Sql => storage::SERVICE_BYTES,
            Self::Any => usize::MAX,
        }
    }

    /// Returns the most bytes of an operation or instance name of this service.
    pub(crate) fn name_bytes(self, service: &str) -> usize {
        match self {
            Self::Sql => storage::name_bytes(service.len()),
            Self::Any => usize::MAX,
        }
    }

    /// Shortens the name of a service of another process.
    pub(crate) fn service(self, name: Cow<'_, str>) -> Cow<'_, str> {
        text::within(name, NAME_LIMIT, self.service_bytes())
    }

    /// Returns the value of a tag as it leaves: shortened, where the backend makes a name or a
    /// statement of it. `None` if the backend would discard the whole segment because of it.
    pub(crate) fn tag<'a>(self, key: &str, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        match key {
            LATENCY => (is_blank(&value) || value.parse::<i64>().is_ok()).then_some(value),
            LOGIC_ENDPOINT if value == IS_LOGIC_ENDPOINT => Some(value),
            LOGIC_ENDPOINT => {
                let endpoint = LogicEndpoint::parse(&value)?;
                Some(self.logic_endpoint(&endpoint).map_or(value, Cow::Owned))
            }
            _ => Some(match storage::tag_limit(key) {
                Some(limit) if self == Self::Sql && !limit.holds(&value) => {
                    Cow::Owned(limit.fit(&value).into_owned())
                }
                _ => value,
            }),
        }
    }

    /// Whether a number can be the value of this tag.
    pub(crate) fn takes_number(key: &str, digits: u64) -> bool {
        key != LOGIC_ENDPOINT && (key != LATENCY || i64::try_from(digits).is_ok())
    }

    /// Returns the value of `x-le` with a name that the backend can store, if it must be shortened.
    fn logic_endpoint(self, endpoint: &LogicEndpoint<'_>) -> Option<String> {
        let name = endpoint.name()?;
        // The backend cuts ASCII names that are too long.
        let bytes =
            if self == Self::Any || name.is_ascii() { usize::MAX } else { LOGIC_NAME_BYTES };
        let stored = storage::shorten(&storage::storable(name), usize::MAX, bytes).into_owned();
        (stored != name).then(|| endpoint.renamed(&stored))
    }

    /// Returns true if a peer is sent unchanged.
    #[inline]
    pub(crate) fn holds_peer(self, peer: &str) -> bool {
        self == Self::Any || storage::peer_fits(peer)
    }

    /// Shortens a peer to the form that headers and spans contain.
    #[inline]
    pub(crate) fn peer(self, peer: Cow<'_, str>) -> Cow<'_, str> {
        if self.holds_peer(&peer) {
            peer
        } else {
            Cow::Owned(storage::shorten_peer(&peer).into_owned())
        }
    }
}

/// The tag of a logic endpoint. Its value is JSON, which may contain the name of the endpoint.
const LOGIC_ENDPOINT: &str = "x-le";

/// The tag of a consumer's span: the latency of the message in milliseconds.
pub(crate) const LATENCY: &str = "transmission.latency";

/// The value of [`LOGIC_ENDPOINT`] that `logic_endpoint` of an attribute writes.
const IS_LOGIC_ENDPOINT: &str = r#"{"logic-span":true}"#;

/// The most bytes of a logic endpoint's name for any service.
const LOGIC_NAME_BYTES: usize = storage::endpoint_bytes(storage::SERVICE_BYTES);
