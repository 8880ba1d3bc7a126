//! Reads the `SW_AGENT_*` variables. The environment is a function, so that tests need not change
//! the process's environment.

use std::ffi::OsString;

use super::{
    Config, File, Given, Reporter, Storage, Token, Usage, Variable, compression, correlation,
    limits, log_settings, meters, proxy, reported, sampling, service, settings_file, timing, tls,
    variables,
};
use crate::config::names::bare;
use crate::config::policies::Orphans;
use crate::config::self_log::LogSettings;
use crate::config::settings_file::SettingsFile;
use crate::config::variables::aliases;
use crate::error::Error;
use crate::secrets::{HIDDEN, without_secrets};

pub(super) const NAME: &str = "SW_AGENT_NAME";
const INSTANCE: &str = "SW_AGENT_INSTANCE_NAME";
const BACKEND: &str = "SW_AGENT_COLLECTOR_BACKEND_SERVICES";
pub(super) const TOKEN: &str = "SW_AGENT_AUTHENTICATION";
const PROTOCOL: &str = "SW_AGENT_PROTOCOL";
const ENABLE: &str = "SW_AGENT_ENABLE";
const STORAGE: &str = "SW_AGENT_STORAGE";
const ORPHANS: &str = "SW_AGENT_ORPHANS";
const DISCARD: &str = "SW_AGENT_REPORTER_DISCARD";

/// Returns the value of a variable, if it is set.
pub(super) type Lookup<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// The variables of the environment, or the settings of a file with the same names.
pub(super) struct Source<'a> {
    lookup: &'a Lookup<'a>,
    /// Returns what messages call a setting.
    shown: &'a dyn Fn(&'static str) -> &'static str,
}

impl<'a> Source<'a> {
    /// Returns the variables of an environment.
    pub(super) fn new(lookup: &'a Lookup<'a>) -> Self {
        Self { lookup, shown: &|name| name }
    }

    /// Returns the text of a setting and the name of the variable, which may be another agent's
    /// name of it. Returns `None` if it has only blanks, invisible characters and quotation marks.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<Given>, Error> {
        let Some((value, setting)) = self.find(name) else { return Ok(None) };
        value.into_string().map(|text| Some(Given { text, setting })).map_err(|bytes| {
            Error::NotUnicode { setting, value: without_secret(name, &bytes.to_string_lossy()) }
        })
    }

    /// Returns the path of a setting, without blanks and quotation marks around it. A path that is
    /// not Unicode is kept.
    pub(super) fn path(&self, name: &'static str) -> Option<File> {
        let (value, setting) = self.find(name)?;
        let path = value.to_str().map(|text| bare(text).into()).unwrap_or(value.into());
        File::new(setting, path)
    }

    fn find(&self, name: &'static str) -> Option<(OsString, &'static str)> {
        let is_given = |value: &OsString| value.to_str().is_none_or(|text| !bare(text).is_empty());
        let mut names = std::iter::once(name).chain(aliases(name));
        names.find_map(|name| {
            (self.lookup)(name).filter(is_given).map(|value| (value, (self.shown)(name)))
        })
    }
}

/// Returns the value of a setting for a message.
pub(super) fn without_secret(name: &str, value: &str) -> String {
    match name {
        TOKEN | tls::TOKEN_FILE => HIDDEN.to_owned(),
        BACKEND | proxy::OURS | proxy::LOWER | proxy::UPPER => without_secrets(value),
        _ => value.to_owned(),
    }
}

/// Overrides settings by the variables of the process, and lists variables without effect.
pub(super) fn of_process(config: Config) -> Result<Config, Error> {
    let mut config = apply(config, &|name| std::env::var_os(name))?;
    let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    config.ignored.add_variables(names);
    Ok(config)
}

/// Overrides settings by those of a file, if a variable names one, and then by the variables that
/// are set.
pub(super) fn apply(mut config: Config, lookup: &Lookup<'_>) -> Result<Config, Error> {
    let variables = Source::new(lookup);
    let enabled = variables.text(ENABLE)?.map(switch).transpose()?;
    let path = variables.path(settings_file::PATH).filter(|_| enabled != Some(false));
    let file = path.as_ref().map(SettingsFile::read).transpose();
    let of_file = || file.as_ref().ok()?.as_ref()?.value(ENABLE);
    let enabled = enabled.or_else(|| of_file().map(|value| value == "true"));
    config.enabled = enabled.unwrap_or(config.enabled);
    // A disabled agent ignores other settings, so no other setting can stop the program.
    if !config.enabled {
        return Ok(config);
    }
    if let Some(file) = file? {
        config.ignored.add_file(&file);
        let lookup = |name: &str| file.value(name);
        config = with(config, &Source { lookup: &lookup, shown: &|name| file.setting(name) })?;
    }
    with(config, &variables)
}

/// Overrides settings by those of one source.
fn with(mut config: Config, source: &Source<'_>) -> Result<Config, Error> {
    refuse(source)?;
    if let Some(given) = source.text(NAME)? {
        config.service = given;
    }
    if let Some(given) = source.text(INSTANCE)? {
        config.instance = given;
    }
    if let Some(given) = source.text(BACKEND)? {
        config.backend = Some(given);
    }
    if let Some(given) = source.text(PROTOCOL)? {
        config.set_reporter(reporter(given)?);
    }
    if let Some(given) = source.text(DISCARD)?
        && switch(given)?
    {
        config.reporter = Reporter::Discard;
    }
    if let Some(Given { text, setting }) = source.text(TOKEN)? {
        config.token = Token::new(text.trim().to_owned());
        config.token_setting = setting;
    }
    if let Some(given) = source.text(STORAGE)? {
        config.storage = storage(given)?;
    }
    log_settings::apply(&mut config, source)?;
    compression::apply(&mut config, source)?;
    tls::apply(&mut config, source)?;
    proxy::apply(&mut config, source)?;
    correlation::apply(&mut config, source)?;
    sampling::apply(&mut config, source)?;
    limits::apply(&mut config, source)?;
    reported::apply(&mut config, source)?;
    service::apply(&mut config, source)?;
    timing::apply(&mut config, source)?;
    meters::apply(&mut config, source)?;
    if let Some(given) = source.text(ORPHANS)? {
        config.settings.orphans = orphans(given)?;
    }
    Ok(config)
}

/// Returns an error for a variable of another agent that must not be ignored.
fn refuse(source: &Source<'_>) -> Result<(), Error> {
    for Variable { name, usage, .. } in variables() {
        let Usage::Refused { reason } = *usage else { continue };
        if let Some(Given { text, setting }) = source.text(name)?
            && !text.trim().eq_ignore_ascii_case("false")
        {
            return Err(Error::Refused { setting, reason });
        }
    }
    Ok(())
}

pub(super) fn switch(Given { text: value, setting }: Given) -> Result<bool, Error> {
    match value.trim() {
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Error::Switch { setting, value }),
    }
}

fn storage(Given { text: value, setting }: Given) -> Result<Storage, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "sql" => Ok(Storage::Sql),
        "any" => Ok(Storage::Any),
        _ => Err(Error::Storage { setting, value }),
    }
}

/// Overrides only the settings of the log, so that they count although another one is invalid.
pub(super) fn log_settings(given: LogSettings, lookup: &Lookup<'_>) -> LogSettings {
    let variables = Source::new(lookup);
    let file = variables.path(settings_file::PATH).map(|file| SettingsFile::read(&file));
    let given = match file {
        Some(Ok(file)) => {
            let lookup = |name: &str| file.value(name);
            let source = Source { lookup: &lookup, shown: &|name| file.setting(name) };
            log_settings::with_valid(given, &source)
        }
        _ => given,
    };
    log_settings::with_valid(given, &variables)
}

fn orphans(Given { text: value, setting }: Given) -> Result<Orphans, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "trace" => Ok(Orphans::Trace),
        "skip" => Ok(Orphans::Skip),
        _ => Err(Error::Orphans { setting, value }),
    }
}

/// Returns the reporter of this name.
fn reporter(Given { text: value, setting }: Given) -> Result<Reporter, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        #[cfg(feature = "report-grpc")]
        "grpc" => Ok(Reporter::Grpc),
        #[cfg(not(feature = "report-grpc"))]
        "grpc" => Err(Error::FeatureOff { setting, value, feature: "report-grpc" }),
        #[cfg(feature = "report-http")]
        "http" => Ok(Reporter::Http),
        #[cfg(not(feature = "report-http"))]
        "http" => Err(Error::FeatureOff { setting, value, feature: "report-http" }),
        "log" => Ok(Reporter::Log),
        "discard" => Ok(Reporter::Discard),
        _ => Err(Error::Protocol { setting, value }),
    }
}

#[cfg(test)]
mod probes;
#[cfg(test)]
mod tests;
