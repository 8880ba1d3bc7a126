//! The `SW_AGENT_*` variables. The environment is a function here, so that tests need not change
//! the process's.

use std::ffi::OsString;

use super::{
    Config, Given, Ignored, Reporter, SelfLog, Storage, Token, correlation, sampling, self_log,
};
use crate::config::names::bare;
use crate::config::policies::Orphans;
use crate::error::Error;
use crate::secrets::{HIDDEN, without_secrets};

pub(super) const NAME: &str = "SW_AGENT_NAME";
const INSTANCE: &str = "SW_AGENT_INSTANCE_NAME";
const BACKEND: &str = "SW_AGENT_COLLECTOR_BACKEND_SERVICES";
const TOKEN: &str = "SW_AGENT_AUTHENTICATION";
const PROTOCOL: &str = "SW_AGENT_PROTOCOL";
const ENABLE: &str = "SW_AGENT_ENABLE";
const STORAGE: &str = "SW_AGENT_STORAGE";
const SPAN_LIMIT: &str = "SW_AGENT_SPAN_LIMIT";
const ORPHANS: &str = "SW_AGENT_ORPHANS";
pub(super) const FORCE_TLS: &str = "SW_AGENT_FORCE_TLS";

/// Gives the value of a variable, if it is set.
pub(super) type Lookup<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// The same with the variables of the process, those without effect included.
pub(super) fn of_process(config: Config) -> Result<Config, Error> {
    let mut config = apply(config, &|name| std::env::var_os(name))?;
    config.ignored =
        Ignored::among(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()));
    Ok(config)
}

/// The settings with those overridden for which a variable is set.
pub(super) fn apply(mut config: Config, lookup: &Lookup<'_>) -> Result<Config, Error> {
    if let Some(value) = read(ENABLE, lookup)? {
        config.enabled = switch(ENABLE, value)?;
    }
    // What is switched off is not looked at: no other setting can keep the program from starting.
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
    if let Some(value) = read(FORCE_TLS, lookup)? {
        config.force_tls = switch(FORCE_TLS, value)?;
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

fn switch(setting: &'static str, value: String) -> Result<bool, Error> {
    match value.trim() {
        word if word.eq_ignore_ascii_case("true") => Ok(true),
        word if word.eq_ignore_ascii_case("false") => Ok(false),
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

/// The variable alone: it counts although another one is wrong.
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

/// The reporter of this name.
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

/// Returns the value of a variable; none if it has nothing but blanks, invisible characters and
/// quotation marks.
fn read(setting: &'static str, lookup: &Lookup<'_>) -> Result<Option<String>, Error> {
    let is_given = |value: &OsString| value.to_str().is_none_or(|text| !bare(text).is_empty());
    let Some(value) = lookup(setting).filter(is_given) else { return Ok(None) };
    value.into_string().map(Some).map_err(|bytes| Error::NotUnicode {
        setting,
        value: match setting {
            TOKEN => HIDDEN.to_owned(),
            BACKEND => without_secrets(&bytes.to_string_lossy()),
            _ => bytes.to_string_lossy().into_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
        let all: Vec<_> =
            variables.iter().map(|(name, value)| (*name, OsString::from(*value))).collect();
        Config::from_lookup(&|name| {
            all.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn each_variable_sets_what_it_is_named_after() {
        let all = [
            (NAME, "svc"),
            (INSTANCE, "one"),
            (BACKEND, "a:1,b:2"),
            (TOKEN, "t0ken"),
            (ENABLE, "TRUE"),
        ];
        let checked = from(&all).unwrap().check().unwrap();
        assert_eq!(
            (checked.identity.service.as_str(), checked.identity.instance.as_str()),
            ("svc", "one")
        );
        assert_eq!(
            checked.backends.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["a:1", "b:2"]
        );
        assert_eq!(checked.token, Token::new("t0ken".to_owned()));
    }

    #[test]
    fn every_variable_that_is_read_is_a_known_one() {
        let read = std::cell::RefCell::new(Vec::new());
        let _ = Config::from_lookup(&|name| {
            read.borrow_mut().push(name.to_owned());
            None
        })
        .unwrap();
        let mut read = read.into_inner();
        read.sort_unstable();
        read.dedup();
        assert_eq!(read, super::super::variables::OURS);
    }

    #[test]
    fn forced_tls_is_an_error_where_a_backend_is_spoken_to() {
        let check = |protocol: &str, force: &str| {
            from(&[(NAME, "s"), (PROTOCOL, protocol), (FORCE_TLS, force)]).and_then(Config::check)
        };
        for protocol in
            ["grpc", "http"].into_iter().filter(|protocol| from(&[(PROTOCOL, protocol)]).is_ok())
        {
            for yes in ["true", " TRUE "] {
                let error = check(protocol, yes).unwrap_err();
                assert_eq!(error, Error::TlsForced { setting: FORCE_TLS });
                assert!(error.to_string().starts_with("SW_AGENT_FORCE_TLS: "), "{error}");
            }
            assert!(check(protocol, "false").is_ok());
        }
        assert!(check("log", "true").is_ok() && check("discard", "true").is_ok());
        assert!(matches!(check("log", "yes"), Err(Error::Switch { setting: FORCE_TLS, .. })));
        let built = apply(Config::new("s").reporter(Reporter::Discard), &|name| {
            (name == FORCE_TLS).then(|| "true".into())
        })
        .unwrap();
        assert!(built.check().is_ok());
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let checked = from(&[
            (NAME, "svc"),
            (INSTANCE, ""),
            (BACKEND, ""),
            (TOKEN, ""),
            (PROTOCOL, ""),
            (ENABLE, ""),
        ])
        .unwrap()
        .check()
        .unwrap();
        assert_eq!(checked.backends.len(), 1);
        assert!(checked.token.is_none() && checked.identity.instance.contains('@'));
    }

    #[test]
    fn blank_variable_counts_as_not_set() {
        for blank in ["", " ", " \t\r\n", "\u{a0}", "\u{200b}", "\u{feff} ", "\"\"", "' '"] {
            let config = Config::from_lookup(&|name| {
                Some(OsString::from(if name == NAME { "svc" } else { blank }))
            });
            let (with, without) = (config.unwrap(), from(&[(NAME, "svc")]).unwrap());
            assert_eq!(format!("{with:?}"), format!("{without:?}"), "{blank:?}");
        }
    }

    #[test]
    fn blank_service_variable_leaves_the_builder() {
        for blank in [" ", "\u{200b}", "\"\""] {
            let lookup = |name: &str| (name == NAME).then(|| OsString::from(blank));
            let checked = apply(Config::new("built"), &lookup).unwrap().check().unwrap();
            assert_eq!(checked.identity.service, "built", "{blank:?}");
        }
    }

    #[test]
    fn blanks_around_the_token_are_removed() {
        for token in ["t0ken\n", " t0ken", "\u{a0}t0ken\r\n"] {
            let checked = from(&[(NAME, "s"), (TOKEN, token)]).and_then(Config::check).unwrap();
            assert_eq!(checked.token, Token::new("t0ken".to_owned()), "{token:?}");
        }
    }

    #[test]
    fn an_error_names_the_variable() {
        let fail = |variables: &[(&str, &str)]| {
            from(variables).and_then(Config::check).unwrap_err().to_string()
        };
        let long = "x".repeat(51);
        for (variable, error) in [
            (NAME, fail(&[])),
            (NAME, fail(&[(NAME, &long)])),
            (INSTANCE, fail(&[(NAME, "s"), (INSTANCE, "a\nb")])),
            (BACKEND, fail(&[(NAME, "s"), (BACKEND, "nonsense")])),
            (TOKEN, fail(&[(NAME, "s"), (TOKEN, "s3cret token")])),
            (ENABLE, fail(&[(NAME, "s"), (ENABLE, "maybe")])),
            (PROTOCOL, fail(&[(NAME, "s"), (PROTOCOL, "kafka")])),
            (NAME, fail(&[(NAME, &"键".repeat(50))])),
            (STORAGE, fail(&[(NAME, "s"), (STORAGE, "mysql")])),
            (SPAN_LIMIT, fail(&[(NAME, "s"), (SPAN_LIMIT, "0")])),
            (SPAN_LIMIT, fail(&[(NAME, "s"), (SPAN_LIMIT, "65536")])),
            (ORPHANS, fail(&[(NAME, "s"), (ORPHANS, "false")])),
        ] {
            assert!(error.starts_with(&format!("{variable}: ")), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn the_protocol_chooses_the_reporter_and_an_unknown_one_is_named_with_the_remedy() {
        let reporter = |protocol: &str| {
            from(&[(NAME, "s"), (PROTOCOL, protocol)]).map(|config| config.reporter)
        };
        assert_eq!(
            (reporter("log"), reporter(" Discard ")),
            (Ok(Reporter::Log), Ok(Reporter::Discard))
        );
        assert_eq!(
            reporter("https").unwrap_err().to_string(),
            "SW_AGENT_PROTOCOL: unknown protocol \"https\": expected grpc, http, log or discard"
        );
        #[cfg(feature = "report-grpc")]
        assert_eq!(reporter("grpc"), Ok(Reporter::Grpc));
        #[cfg(not(feature = "report-grpc"))]
        assert!(
            reporter("grpc")
                .unwrap_err()
                .to_string()
                .contains("turn on the feature report-grpc of skywalking-runtime")
        );
        #[cfg(feature = "report-http")]
        assert_eq!(reporter("HTTP"), Ok(Reporter::Http));
        #[cfg(not(feature = "report-http"))]
        assert!(
            reporter("http")
                .unwrap_err()
                .to_string()
                .contains("turn on the feature report-http of skywalking-runtime")
        );
    }

    #[test]
    fn storage_is_sql_unless_it_is_any() {
        let storage =
            |value: &str| from(&[(NAME, "s"), (STORAGE, value)]).map(|config| config.storage);
        assert_eq!(
            (storage(""), storage(" SQL "), storage("any")),
            (Ok(Storage::Sql), Ok(Storage::Sql), Ok(Storage::Any))
        );
        assert_eq!(
            storage("elasticsearch").unwrap_err().to_string(),
            "SW_AGENT_STORAGE: unknown storage \"elasticsearch\": expected sql, or any for Elasticsearch and BanyanDB"
        );
    }

    #[test]
    fn the_orphans_variable_skips_or_traces() {
        let orphans = |value: &str| {
            from(&[(NAME, "s"), (ORPHANS, value)]).map(|config| config.settings.orphans)
        };
        assert_eq!(
            (orphans("skip"), orphans(" Trace "), orphans("")),
            (Ok(Orphans::Skip), Ok(Orphans::Trace), Ok(Orphans::Trace))
        );
        assert_eq!(
            orphans("no").unwrap_err().to_string(),
            "SW_AGENT_ORPHANS: expected trace or skip, found \"no\""
        );
    }

    #[test]
    fn switched_off_no_other_variable_is_an_error() {
        let config =
            from(&[(ENABLE, "False"), (BACKEND, "nonsense"), (TOKEN, "a b"), (PROTOCOL, "kafka")])
                .unwrap();
        assert!(config.start().unwrap().error().is_none());
    }

    #[test]
    fn the_variables_override_the_builder() {
        let lookup = |name: &str| (name == NAME).then(|| OsString::from("from variable"));
        let config =
            apply(Config::new("from builder").instance("i"), &lookup).unwrap().check().unwrap();
        assert_eq!(
            (config.identity.service.as_str(), config.identity.instance.as_str()),
            ("from variable", "i")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt;
        for variable in [NAME, INSTANCE, BACKEND, TOKEN, PROTOCOL, ENABLE, STORAGE, SPAN_LIMIT] {
            let error = Config::from_lookup(&|name| {
                (name == variable).then(|| OsString::from_vec(b"s3cret\xff".to_vec()))
            })
            .unwrap_err();
            assert!(
                matches!(&error, Error::NotUnicode { setting, .. } if *setting == variable),
                "{error:?}"
            );
            assert_eq!(error.to_string().contains("s3cret"), variable != TOKEN);
        }
    }
}
