//! The options that both layers hand on to the HTTP core.

/// Adds the options that [`http::Server`] and [`http::Client`] share to a layer. `$inner` is the
/// field that has them.
///
/// [`http::Client`]: skywalking_runtime::integrations::http::Client
/// [`http::Server`]: skywalking_runtime::integrations::http::Server
macro_rules! shared_options {
    ($inner:ident) => {
        /// Sets which statuses are errors. Default: those from 400 on. A gRPC status other than
        /// `OK` is always an error. Called once a request; if it panics, the default holds.
        #[must_use]
        pub fn is_error(
            mut self,
            rule: impl Fn(::http::StatusCode) -> bool + Send + Sync + 'static,
        ) -> Self {
            self.$inner = self.$inner.is_error(rule);
            self
        }

        /// Sets the names of requests; `None` keeps the default. Give few names: each is an
        /// endpoint in the OAP. Called once a request; a panic counts as `None`. The name of an
        /// annotated function has precedence.
        #[must_use]
        pub fn name(
            mut self,
            names: impl Fn(Head<'_>) -> Option<String> + Send + Sync + 'static,
        ) -> Self {
            self.$inner = self.$inner.name(names);
            self
        }

        /// Sets which requests are not recorded. Called once a request; if it panics, the request
        /// is recorded.
        #[must_use]
        pub fn ignore(
            mut self,
            ignores: impl Fn(Head<'_>) -> bool + Send + Sync + 'static,
        ) -> Self {
            self.$inner = self.$inner.ignore(ignores);
            self
        }

        /// Adds paths that are not recorded: `/health`, `/static/**`, `/*.ico`. The patterns are
        /// those of `Config::ignore_paths`, and are
        /// matched with the path as it was sent.
        #[must_use]
        pub fn ignore_paths(mut self, patterns: impl IntoIterator<Item: AsRef<str>>) -> Self {
            self.$inner = self.$inner.ignore_paths(patterns);
            self
        }

        /// Ends spans with the body of the response instead of with its head. gRPC spans always
        /// end with the status of the call.
        #[must_use]
        pub fn time_bodies(mut self) -> Self {
            self.$inner = self.$inner.time_bodies();
            self
        }

        /// Keeps the query in the tag `url`. Default: it is removed, since it may hold secrets.
        #[must_use]
        pub fn url_with_query(mut self) -> Self {
            self.$inner = self.$inner.url_with_query();
            self
        }
    };
}
pub(crate) use shared_options;
