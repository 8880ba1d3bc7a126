//! What servers and clients can be told alike.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use ::http::{Extensions, HeaderMap, Method, StatusCode, Uri};

use super::grpc;
use super::names::Naming;
use super::url::Query;
use crate::context::quiet::Quiet;
use crate::sampling::Pattern;
use crate::util::catch_panic::catch_panic;

/// The head of a request, as the closures among the options see it.
///
/// ```
/// use skywalking_runtime::integrations::http::{Client, Head};
///
/// /// What a request is marked with that is not to be traced.
/// #[derive(Clone)]
/// struct Quiet;
///
/// let client = Client::new().ignore(|head: Head<'_>| head.extensions.get::<Quiet>().is_some());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URI as it was sent: often only a path on a server.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What the program, or its server, says of the request.
    pub extensions: &'a Extensions,
}

/// Up to where a span lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Bodies {
    #[default]
    NotTimed,
    Timed,
}

type IsError = Arc<dyn Fn(StatusCode) -> bool + Send + Sync>;
type Ignores = Arc<dyn Fn(Head<'_>) -> bool + Send + Sync>;

/// What a closure of the program gives, or `None` if it panics. What it calls is not recorded: it
/// would be before the request.
pub(super) fn asked<R>(ask: impl FnOnce() -> R) -> Option<R> {
    let _quiet = Quiet::begin();
    catch_panic(ask)
}

/// When a status is an error.
#[derive(Clone, Default)]
pub(super) struct ErrorRule(Option<IsError>);

impl ErrorRule {
    pub(super) fn is_error(&self, status: StatusCode) -> bool {
        let usual = status.as_u16() >= 400;
        self.0.as_ref().and_then(|rule| asked(|| rule(status))).unwrap_or(usual)
    }
}

impl Debug for ErrorRule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "the program's" } else { ">= 400" })
    }
}

/// The options that servers and clients share.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) errors: ErrorRule,
    pub(super) bodies: Bodies,
    pub(super) query: Query,
    pub(super) naming: Naming,
    ignores: Option<Ignores>,
    ignored_paths: Vec<Pattern>,
}

impl Options {
    pub(super) fn set_names(
        &mut self,
        names: impl Fn(Head<'_>) -> Option<String> + Send + Sync + 'static,
    ) {
        self.naming = Naming::new(names);
    }

    pub(super) fn set_errors(&mut self, rule: impl Fn(StatusCode) -> bool + Send + Sync + 'static) {
        self.errors = ErrorRule(Some(Arc::new(rule)));
    }

    pub(super) fn set_ignores(
        &mut self,
        ignores: impl Fn(Head<'_>) -> bool + Send + Sync + 'static,
    ) {
        self.ignores = Some(Arc::new(ignores));
    }

    pub(super) fn add_ignored_paths(&mut self, patterns: impl IntoIterator<Item: AsRef<str>>) {
        let patterns = patterns.into_iter().filter_map(|pattern| Pattern::parse(pattern.as_ref()));
        self.ignored_paths.extend(patterns);
    }

    /// True if nothing is to be recorded of this request.
    pub(super) fn ignores(&self, head: Head<'_>) -> bool {
        (!self.ignored_paths.is_empty() && self.ignores_path(head))
            || self.ignores.as_ref().is_some_and(|ignores| asked(|| ignores(head)).unwrap_or(false))
    }
}

impl Options {
    /// The patterns are matched as [`Config::ignore_paths`](crate::Config::ignore_paths) matches
    /// the name that a request without a route has.
    fn ignores_path(&self, head: Head<'_>) -> bool {
        let path = head.uri.path();
        let mut named = None;
        self.ignored_paths.iter().any(|pattern| {
            if pattern.is_absolute() || grpc::is_call(head.method, head.headers) {
                return pattern.matches(path);
            }
            pattern.matches(named.get_or_insert_with(|| [head.method.as_str(), ":", path].concat()))
        })
    }
}

impl Debug for Options {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { errors, bodies, query, naming, ignores, ignored_paths } = self;
        f.debug_struct("Options")
            .field("errors", errors)
            .field("bodies", bodies)
            .field("query", query)
            .field("naming", naming)
            .field("ignores", &ignores.is_some())
            .field("ignored_paths", ignored_paths)
            .finish()
    }
}

/// The methods that set them, alike on each type that has them. `$options` is where they are, as a
/// `&mut Options`.
macro_rules! shared_options {
    (|$this:ident| $options:expr) => {
        /// Which statuses are errors; without it those from 400 on. Of gRPC every status but `OK`
        /// is one, whatever this says. Asked once a request; where it panics the usual rule holds.
        #[must_use]
        pub fn is_error(
            mut self,
            rule: impl Fn(::http::StatusCode) -> bool + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_errors(rule);
            self
        }

        /// Names requests; `None` leaves the name as it is without this. Give few names: each is an
        /// endpoint in the OAP. Asked once a request; where it panics it is as if it gave `None`.
        /// An annotated function's own name wins over it.
        #[must_use]
        pub fn name(
            mut self,
            names: impl Fn(super::options::Head<'_>) -> Option<String> + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_names(names);
            self
        }

        /// Which requests are not recorded. Asked once a request; where it panics the request is
        /// recorded.
        #[must_use]
        pub fn ignore(
            mut self,
            ignores: impl Fn(super::options::Head<'_>) -> bool + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_ignores(ignores);
            self
        }

        /// Adds paths that are not recorded: `/health`, `/static/**`, `/*.ico`. The patterns are
        /// those of [`Config::ignore_paths`](crate::Config::ignore_paths), and are matched with the
        /// path as it was sent.
        #[must_use]
        pub fn ignore_paths(mut self, patterns: impl IntoIterator<Item: AsRef<str>>) -> Self {
            let $this = &mut self;
            $options.add_ignored_paths(patterns);
            self
        }

        /// Spans last until the body of the response has ended, instead of ending with its head. Of
        /// gRPC they always do.
        #[must_use]
        pub fn time_bodies(mut self) -> Self {
            let $this = &mut self;
            $options.bodies = super::options::Bodies::Timed;
            self
        }

        /// The tag `url` keeps the query, which is left out otherwise: secrets live there.
        #[must_use]
        pub fn url_with_query(mut self) -> Self {
            let $this = &mut self;
            $options.query = super::url::Query::Kept;
            self
        }
    };
}
pub(super) use shared_options;
