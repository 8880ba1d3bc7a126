//! Checks the settings once, at the start, and converts them to what an agent needs.

use super::file::File;
use super::proxy::Proxy;
use super::tls::Tls;
use super::{
    Address, Belonging, Compression, Config, Given, Ignored, MeterSettings, Reporter, Timing,
    Token, address, compression, limits, names,
};
use crate::config::self_log::LogSettings;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::redact::Hook;
use crate::sampling::Choice;
use crate::tracer::Identity;

impl Config {
    /// Checks the settings. An error names the invalid setting.
    pub(crate) fn check(mut self) -> Result<Checked, Error> {
        #[cfg(feature = "report-custom")]
        if self.transport.is_some() {
            // It has no backend.
            self.reporter = Reporter::Discard;
        }
        self.correlation.check(&mut self.settings)?;
        let storage = self.storage;
        let service = self.place.full_name(&self.service)?;
        let service = names::service(service.setting, &service.text, storage)?;
        let instance =
            names::instance(self.instance.setting, &self.instance.text, &service, storage)?;
        if self.reporter.has_backend() {
            self.tls.check()?;
            compression::check(self.compression, self.compression_setting)?;
        } else {
            self.tls = Tls::default();
        }
        let (default, port) = self.reporter.backend();
        let backend = self.backend.unwrap_or_else(|| Given::new("Config::backend", default));
        let backends =
            address::parse_list(backend.setting, &backend.text, port, self.tls.turned_on_by())?;
        let proxies =
            if self.reporter.has_backend() { self.proxies.of(&backends)? } else { Vec::new() };
        if self.token.as_ref().is_some_and(|token| !token.is_visible_ascii()) {
            return Err(Error::Token { setting: self.token_setting });
        }
        if let (Some(_), Some(file)) = (&self.token, &self.token_file) {
            return Err(Error::TokenTwice { setting: file.setting, other: self.token_setting });
        }
        limits::check(&self.settings)?;
        self.timing.check()?;
        self.settings.tail_sampling = self
            .settings
            .tail_sampling
            .map(|tail_sampling| tail_sampling.within(self.settings.queue))
            .transpose()?;
        Ok(Checked {
            identity: Identity::new(&service, &instance)
                .stored_in(storage)
                .in_cluster(self.place.cluster()?),
            belonging: self.place.check()?,
            timing: self.timing,
            meters: self.meters.check()?,
            settings: self.settings,
            sampling: self.requests.summary(),
            choice: self.requests.check()?,
            reporter: self.reporter,
            #[cfg(feature = "report-custom")]
            transport: self.transport,
            backends,
            proxies,
            token: self.token,
            token_file: self.token_file,
            tls: self.tls,
            compression: self.compression,
            redaction: self.redaction,
            self_log: self.self_log,
            ignored: self.ignored,
        })
    }
}

/// Valid settings, with which an agent can start.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) identity: Identity,
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "nothing reports to a backend")
    )]
    pub(crate) belonging: Belonging,
    pub(crate) timing: Timing,
    pub(crate) meters: MeterSettings,
    pub(crate) settings: Settings,
    pub(crate) choice: Choice,
    /// The sampling as text, for a log line.
    pub(crate) sampling: String,
    pub(crate) reporter: Reporter,
    /// The transport of the program, which replaces the reporter.
    #[cfg(feature = "report-custom")]
    pub(crate) transport: Option<crate::transport::Given>,
    /// Has at least one address.
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "nothing reports to a backend")
    )]
    pub(crate) backends: Vec<Address>,
    /// The proxy of each address, or an empty list.
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "nothing reports to a backend")
    )]
    pub(crate) proxies: Vec<Option<Proxy>>,
    pub(crate) token: Option<Token>,
    pub(crate) token_file: Option<File>,
    #[cfg_attr(
        not(all(
            any(feature = "tls-ring", feature = "tls-aws-lc"),
            any(feature = "report-grpc", feature = "report-http")
        )),
        allow(dead_code, reason = "no TLS")
    )]
    pub(crate) tls: Tls,
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "nothing reports to a backend")
    )]
    pub(crate) compression: Compression,
    pub(crate) redaction: Hook,
    pub(crate) self_log: LogSettings,
    pub(crate) ignored: Ignored,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::TailSampling;

    #[test]
    fn defaults_are_the_documented_ones() {
        let checked = Config::new("svc").instance("i").reporter(Reporter::Discard).check().unwrap();
        assert_eq!(
            (checked.identity.service.as_str(), checked.identity.instance.as_str()),
            ("svc", "i")
        );
        assert_eq!(
            checked.backends.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["127.0.0.1:11800"]
        );
        assert_eq!((checked.token, checked.reporter), (None, Reporter::Discard));
        assert_eq!(
            (checked.settings.max_spans_per_segment, checked.timing.shutdown),
            (300, Duration::from_secs(5))
        );
    }

    #[cfg(feature = "report-http")]
    #[test]
    fn http_default_port_is_12800() {
        let backends = |config: Config| {
            config.check().unwrap().backends.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(backends(Config::new("svc").reporter(Reporter::Http)), ["127.0.0.1:12800"]);
        assert_eq!(
            backends(Config::new("svc").backend("oap,[::1]:80").reporter(Reporter::Http)),
            ["oap:12800", "[::1]:80"]
        );
    }

    #[test]
    fn zero_limit_is_an_error_that_names_the_method() {
        let cases: [(Config, &str); 6] = [
            (Config::new("s").max_segment_age(Duration::ZERO), "Config::max_segment_age"),
            (
                Config::new("s").tail_sampling(TailSampling::errors().max_buffer_bytes(0)),
                "TailSampling::max_buffer_bytes",
            ),
            (Config::new("s").max_spans_per_segment(0), "Config::max_spans_per_segment"),
            (Config::new("s").max_open_segments(0), "Config::max_open_segments"),
            (Config::new("s").max_queue_bytes(0), "Config::max_queue_bytes"),
            (Config::new("s").max_queue_segments(0), "Config::max_queue_segments"),
        ];
        for (config, setting) in cases {
            assert_eq!(config.check().unwrap_err(), Error::ZeroLimit { setting });
        }
    }

    #[test]
    fn token_is_in_no_debug_text_and_no_error() {
        let config = Config::new("s").token("s3cret token");
        assert!(!format!("{config:?}").contains("s3cret"));
        assert!(format!("{config:?}").contains("<hidden>"));
        let error = config.check().unwrap_err();
        assert_eq!(error, Error::Token { setting: "Config::token" });
        assert!(!format!("{error:?} {error}").contains("s3cret"));
        let checked = Config::new("s").token("s3cret").check().unwrap();
        assert!(!format!("{checked:?}").contains("s3cret"));
        assert!(Config::new("s").token("").check().unwrap().token.is_none());
    }
}
