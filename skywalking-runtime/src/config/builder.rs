//! [`Config`], the builder of the settings.

use super::file::File;
use super::proxy::Proxies;
use super::sampling::Requests;
use super::service::Place;
use super::timing::Timing;
use super::tls::Tls;
use super::{
    Compression, Given, Ignored, MeterSettings, Reporter, Storage, Token, correlation, env,
};
use crate::config::self_log::LogSettings;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::redact::Hook;

/// The settings of an agent.
///
/// [`Config::new`] reads no variable. [`Config::from_env`] reads all variables at the call, and
/// [`Config::env_overrides`] at the start. Both also read the file of TOML that the variable
/// `SW_AGENT_CONFIG_PATH` names, whose keys are the names of the variables:
///
/// ```toml
/// SW_AGENT_NAME = "shop"
/// SW_AGENT_SAMPLE_RATE = 0.1
/// SW_AGENT_TRACE_IGNORE_PATH = ["/health/**", "/metrics"]
/// ```
///
/// A variable wins over the file, and the file wins over the code.
///
#[doc = include_str!("../../docs/settings.md")]
///
/// A variable with only blanks, invisible characters and quotation marks counts as not set. These
/// characters are also removed at both ends of the names of the service and the instance.
///
/// An unknown `SW_AGENT_*` variable is named in one warning at the start ([`SelfLog`](crate::config::SelfLog)). So is
/// another `SW_*` variable that looks like a typo of a known name. Names of the other SkyWalking
/// agents and of Kubernetes cause no warning.
///
/// `SW_AGENT_SAMPLE` is a rate to the Go agents and a number per 3 seconds to the Java agent. It is
/// accepted only if the value has one possible meaning: a number with a point, such as `0.5`, is a
/// rate, and a negative number means all requests. Any other value is an error. It is also an error
/// to set more than one of the three variables.
///
/// ```
/// use skywalking_runtime::{Config, config::{Orphans, Reporter}};
///
/// let agent = Config::new("RTS_Test").instance("RTS_Test_1").reporter(Reporter::Discard).orphans(Orphans::Skip).start()?;
/// assert_eq!((agent.service(), agent.instance()), ("RTS_Test", "RTS_Test_1"));
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until `start`"]
pub struct Config {
    pub(super) service: Given,
    pub(super) instance: Given,
    pub(super) backend: Option<Given>,
    pub(super) token: Option<Token>,
    pub(super) token_setting: &'static str,
    pub(super) token_file: Option<File>,
    pub(super) reporter: Reporter,
    #[cfg(feature = "report-custom")]
    pub(super) transport: Option<crate::transport::Given>,
    pub(super) enabled: bool,
    pub(super) storage: Storage,
    pub(super) compression: Compression,
    pub(super) compression_setting: &'static str,
    pub(super) settings: Settings,
    pub(super) correlation: correlation::Given,
    pub(super) requests: Requests,
    pub(super) redaction: Hook,
    pub(super) self_log: LogSettings,
    pub(super) place: Place,
    pub(super) timing: Timing,
    pub(super) meters: MeterSettings,
    pub(super) tls: Tls,
    pub(super) proxies: Proxies,
    /// Variables without effect.
    pub(super) ignored: Ignored,
    pub(super) environment: Environment,
}

/// Whether the variables override the builder at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    Ignore,
    Override,
}

impl Config {
    /// Creates settings for a service of this name. Reads no variable.
    ///
    /// The name has 1 to 50 characters, counted in UTF-16 units, and at most 147 bytes (see
    /// [`Storage`]).
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: Given::new("Config::new", service),
            instance: Given::new("Config::instance", ""),
            backend: None,
            token: None,
            token_setting: "Config::token",
            token_file: None,
            reporter: Reporter::unless_set(),
            #[cfg(feature = "report-custom")]
            transport: None,
            enabled: true,
            storage: Storage::Sql,
            compression: Compression::None,
            compression_setting: "Config::compression",
            settings: Settings::default(),
            correlation: correlation::Given::default(),
            requests: Requests::default(),
            redaction: Hook::default(),
            self_log: LogSettings::default(),
            place: Place::default(),
            timing: Timing::default(),
            meters: MeterSettings::default(),
            tls: Tls::default(),
            proxies: Proxies::default(),
            ignored: Ignored::default(),
            environment: Environment::Ignore,
        }
    }

    /// Creates settings from the `SW_AGENT_*` variables and the file that `SW_AGENT_CONFIG_PATH`
    /// names.
    ///
    /// # Errors
    ///
    /// - A variable is not Unicode.
    /// - `SW_AGENT_ENABLE` is neither `true` nor `false`.
    /// - `SW_AGENT_PROTOCOL` is unknown, or this build lacks its feature.
    /// - A limit is not a number.
    /// - The file cannot be read or is not TOML, a value has a wrong type, or this build lacks the
    ///   feature `config-file`.
    ///
    /// [`start`](Config::start) checks everything else. With `SW_AGENT_ENABLE=false` no variable is
    /// an error.
    pub fn from_env() -> Result<Self, Error> {
        env::of_process(Self::new("").named_by_variable())
    }

    /// Creates settings from another environment, since tests cannot set variables.
    #[cfg(test)]
    pub(super) fn from_lookup(lookup: &env::Lookup<'_>) -> Result<Self, Error> {
        env::apply(Self::new("").named_by_variable(), lookup)
    }

    /// Makes the error of a missing service name refer to the variable.
    fn named_by_variable(mut self) -> Self {
        self.service.setting = env::NAME;
        self
    }

    /// Sets the name of this process among the processes of its service. A blank name counts as not
    /// set.
    ///
    /// A name over 50 characters, or one that the backend cannot store (see [`Storage`]), is
    /// shortened to at most 41 characters, a `-` and 8 hex digits of its hash.
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Given::new("Config::instance", name);
        self
    }

    /// Sets where finished segments are sent. See [`Reporter`] for the default.
    pub fn reporter(mut self, reporter: Reporter) -> Self {
        self.set_reporter(reporter);
        self
    }

    /// Switches the agent on or off. Default: on.
    ///
    /// A disabled agent ignores all other settings and records nothing.
    ///
    /// ```
    /// use skywalking_runtime::Config;
    ///
    /// let agent = Config::new("shop").backend("invalid").enabled(false).start()?;
    /// assert!(!skywalking_runtime::enabled());
    /// # drop(agent);
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets the storage of the backend. Default: [`Storage::Sql`]. Names that it cannot store are
    /// shortened before they are sent.
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// Lets the `SW_AGENT_*` variables that are set at the start override the builder, and the file
    /// that `SW_AGENT_CONFIG_PATH` names.
    pub fn env_overrides(mut self) -> Self {
        self.environment = Environment::Override;
        self
    }

    /// Returns the settings with those overridden for which a variable is set, if variables are to
    /// be read.
    pub(crate) fn resolve(self) -> Result<Self, Error> {
        match self.environment {
            Environment::Override => env::of_process(self),
            Environment::Ignore => Ok(self),
        }
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Returns the name of the service as it was given.
    pub(crate) fn given_service(&self) -> &str {
        &self.service.text
    }

    /// Returns the settings of the log, although another setting may be invalid.
    pub(crate) fn early_log_settings(&self) -> LogSettings {
        match self.environment {
            Environment::Override => {
                env::log_settings(self.self_log, &|name| std::env::var_os(name))
            }
            Environment::Ignore => self.self_log,
        }
    }

    /// Returns the settings of the log after the settings are resolved.
    pub(crate) fn log_settings(&self) -> LogSettings {
        self.self_log
    }

    /// Returns warnings about variables that have no effect.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.ignored.warnings()
    }
}
