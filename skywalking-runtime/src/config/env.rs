//! Reads the `SW_AGENT_*` variables. The environment is a function, so that tests need not change
//! the process's environment.

use std::ffi::OsString;

use super::{
    Config, Given, Ignored, Reporter, SelfLog, Storage, Token, correlation, proxy, sampling,
    self_log, tls,
};
use crate::config::names::bare;
use crate::config::policies::Orphans;
use crate::error::Error;
use crate::secrets::{HIDDEN, without_secrets};

pub(super) const NAME: &str = "SW_AGENT_NAME";
const INSTANCE: &str = "SW_AGENT_INSTANCE_NAME";
const BACKEND: &str = "SW_AGENT_COLLECTOR_BACKEND_SERVICES";
pub(super) const TOKEN: &str = "SW_AGENT_AUTHENTICATION";
const PROTOCOL: &str = "SW_AGENT_PROTOCOL";
const ENABLE: &str = "SW_AGENT_ENABLE";
const STORAGE: &str = "SW_AGENT_STORAGE";
const SPAN_LIMIT: &str = "SW_AGENT_SPAN_LIMIT";
const ORPHANS: &str = "SW_AGENT_ORPHANS";

/// Returns the value of a variable, if it is set.
pub(super) type Lookup<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// Overrides settings by the variables of the process, and lists variables without effect.
pub(super) fn of_process(config: Config) -> Result<Config, Error> {
    let mut config = apply(config, &|name| std::env::var_os(name))?;
    config.ignored =
        Ignored::among(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()));
    Ok(config)
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(mut config: Config, lookup: &Lookup<'_>) -> Result<Config, Error> {
    if let Some(value) = read(ENABLE, lookup)? {
        config.enabled = switch(ENABLE, value)?;
    }
    // A disabled agent ignores other settings, so no other setting can stop the program.
    if !config.enabled {
        return Ok(config);
    }
    if let Some(value) = read(NAME, lookup)? {
        config.service = Given::new(NAME, value);
    }
    if let Some(value) = read(INSTANCE, lookup)? {
        config.instance = Given::new(INSTANCE, value);
    }
    if let Some(value) = read(BACKEND, lookup)? {
        config.backend = Some(Given::new(BACKEND, value));
    }
    if let Some(value) = read(PROTOCOL, lookup)? {
        config.reporter = reporter(value)?;
    }
    if let Some(value) = read(TOKEN, lookup)? {
        config.token = Token::new(value.trim().to_owned());
        config.token_setting = TOKEN;
    }
    if let Some(value) = read(self_log::VARIABLE, lookup)? {
        config.self_log = self_log::parse(value)?;
    }
    if let Some(value) = read(STORAGE, lookup)? {
        config.storage = storage(value)?;
    }
    tls::apply(&mut config, lookup)?;
    proxy::apply(&mut config, lookup)?;
    let read = |setting| read(setting, lookup);
    correlation::apply(&mut config, &read)?;
    sampling::apply(&mut config, &read)?;
    if let Some(value) = read(SPAN_LIMIT)? {
        config.settings.max_spans_per_segment = span_limit(value)?;
    }
    if let Some(value) = read(ORPHANS)? {
        config.settings.orphans = orphans(value)?;
    }
    Ok(config)
}

pub(super) fn switch(setting: &'static str, value: String) -> Result<bool, Error> {
    match value.trim() {
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Error::Switch { setting, value }),
    }
}

fn storage(value: String) -> Result<Storage, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "sql" => Ok(Storage::Sql),
        "any" => Ok(Storage::Any),
        _ => Err(Error::Storage { setting: STORAGE, value }),
    }
}

fn span_limit(value: String) -> Result<u16, Error> {
    let Ok(limit) = value.trim().parse::<usize>() else {
        return Err(Error::NotANumber { setting: SPAN_LIMIT, value });
    };
    match u16::try_from(limit) {
        Ok(0) => Err(Error::ZeroLimit { setting: SPAN_LIMIT }),
        Ok(limit) => Ok(limit),
        Err(_) => Err(Error::LimitTooLarge {
            setting: SPAN_LIMIT,
            value: limit,
            most: usize::from(u16::MAX),
        }),
    }
}

/// Reads only this variable, so that it counts although another one is invalid.
pub(super) fn self_log(lookup: &Lookup<'_>) -> Option<SelfLog> {
    read(self_log::VARIABLE, lookup).ok().flatten().and_then(|value| self_log::parse(value).ok())
}

fn orphans(value: String) -> Result<Orphans, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "trace" => Ok(Orphans::Trace),
        "skip" => Ok(Orphans::Skip),
        _ => Err(Error::Orphans { setting: ORPHANS, value }),
    }
}

/// Returns the reporter of this name.
fn reporter(value: String) -> Result<Reporter, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        #[cfg(feature = "report-grpc")]
        "grpc" => Ok(Reporter::Grpc),
        #[cfg(not(feature = "report-grpc"))]
        "grpc" => Err(Error::FeatureOff { setting: PROTOCOL, value, feature: "report-grpc" }),
        #[cfg(feature = "report-http")]
        "http" => Ok(Reporter::Http),
        #[cfg(not(feature = "report-http"))]
        "http" => Err(Error::FeatureOff { setting: PROTOCOL, value, feature: "report-http" }),
        "log" => Ok(Reporter::Log),
        "discard" => Ok(Reporter::Discard),
        _ => Err(Error::Protocol { setting: PROTOCOL, value }),
    }
}

/// Returns the value of a variable, or `None` if it has only blanks, invisible characters and
/// quotation marks.
pub(super) fn read(setting: &'static str, lookup: &Lookup<'_>) -> Result<Option<String>, Error> {
    let is_given = |value: &OsString| value.to_str().is_none_or(|text| !bare(text).is_empty());
    let Some(value) = lookup(setting).filter(is_given) else { return Ok(None) };
    value.into_string().map(Some).map_err(|bytes| Error::NotUnicode {
        setting,
        value: match setting {
            TOKEN => HIDDEN.to_owned(),
            BACKEND | proxy::OURS | proxy::LOWER | proxy::UPPER => {
                without_secrets(&bytes.to_string_lossy())
            }
            _ => bytes.to_string_lossy().into_owned(),
        },
    })
}

#[cfg(test)]
mod tests;
