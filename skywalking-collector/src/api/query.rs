//! Which traces to list.

/// The largest number of traces that one query returns.
pub const MAX_TRACES: usize = 10_000;
/// The number of traces that a query returns by default.
const DEFAULT_TRACES: usize = 20;

/// Selects traces by service, and limits their number.
///
/// ```
/// use skywalking_collector::TraceQuery;
///
/// let query = TraceQuery::new().service("shop").limit(100);
/// # let _ = query;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceQuery {
    pub(crate) service: Option<String>,
    pub(crate) limit: usize,
}

impl TraceQuery {
    /// Selects the traces of all services, 20 at most.
    pub const fn new() -> Self {
        Self { service: None, limit: DEFAULT_TRACES }
    }

    /// Selects the traces that have a segment of this service. Accepts the name as the agent
    /// reports it, or as [`ServiceView::name`](crate::ServiceView::name) shows it.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Sets the largest number of results. The default is 20, the maximum [`MAX_TRACES`].
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl Default for TraceQuery {
    fn default() -> Self {
        Self::new()
    }
}
