//! The options that servers and clients share.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use ::http::StatusCode;

use super::grpc;
use super::head::{Head, call_program};
use super::names::Naming;
use super::url::Query;
use crate::sampling::Pattern;

/// When a span ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Bodies {
    #[default]
    NotTimed,
    Timed,
}

type IsError = Arc<dyn Fn(StatusCode) -> bool + Send + Sync>;
type Ignores = Arc<dyn Fn(Head<'_>) -> bool + Send + Sync>;

/// Decides which statuses are errors.
#[derive(Clone, Default)]
pub(super) struct ErrorRule(Option<IsError>);

impl ErrorRule {
    pub(super) fn is_error(&self, status: StatusCode) -> bool {
        let usual = status.as_u16() >= 400;
        self.0.as_ref().and_then(|rule| call_program(|| rule(status))).unwrap_or(usual)
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

    /// Returns true if this request is not recorded.
    pub(super) fn ignores(&self, head: Head<'_>) -> bool {
        (!self.ignored_paths.is_empty() && self.ignores_path(head))
            || self
                .ignores
                .as_ref()
                .is_some_and(|ignores| call_program(|| ignores(head)).unwrap_or(false))
    }
}

impl Options {
    /// Returns true if the path is ignored. The patterns are compared like those of
    /// [`Config::ignore_paths`](crate::Config::ignore_paths) with the name of a request without a
    /// route.
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

/// Defines the setters of these options for a type. `$options` returns them as `&mut Options`.
macro_rules! shared_options {
    (|$this:ident| $options:expr) => {
        /// Sets which statuses are errors. Default: 400 and above. Every gRPC status except `OK` is
        /// always an error.
        ///
        /// The closure is called once per request. If it panics, the default applies.
        #[must_use]
        pub fn is_error(
            mut self,
            rule: impl Fn(::http::StatusCode) -> bool + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_errors(rule);
            self
        }

        /// Sets a closure that names requests. `None` keeps the default name.
        ///
        /// Return few different names: each is an endpoint in the OAP. The closure is called once
        /// per request. If it panics, the default name is kept. The name of an annotated function
        /// takes precedence.
        #[must_use]
        pub fn name(
            mut self,
            names: impl Fn(super::head::Head<'_>) -> Option<String> + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_names(names);
            self
        }

        /// Sets which requests are not recorded. The closure is called once per request. If it
        /// panics, the request is recorded.
        #[must_use]
        pub fn ignore(
            mut self,
            ignores: impl Fn(super::head::Head<'_>) -> bool + Send + Sync + 'static,
        ) -> Self {
            let $this = &mut self;
            $options.set_ignores(ignores);
            self
        }

        /// Adds patterns of paths that are not recorded: `/health`, `/static/**`, `/*.ico`. They
        /// are those of [`Config::ignore_paths`](crate::Config::ignore_paths), compared with the
        /// path as it was sent.
        #[must_use]
        pub fn ignore_paths(mut self, patterns: impl IntoIterator<Item: AsRef<str>>) -> Self {
            let $this = &mut self;
            $options.add_ignored_paths(patterns);
            self
        }

        /// Ends spans with the body of the response, instead of its head. Spans of gRPC calls
        /// always end with the body.
        #[must_use]
        pub fn time_bodies(mut self) -> Self {
            let $this = &mut self;
            $options.bodies = super::options::Bodies::Timed;
            self
        }

        /// Keeps the query in the tag `url`. By default it is removed, since it may contain
        /// secrets.
        #[must_use]
        pub fn url_with_query(mut self) -> Self {
            let $this = &mut self;
            $options.query = super::url::Query::Kept;
            self
        }
    };
}
pub(super) use shared_options;
