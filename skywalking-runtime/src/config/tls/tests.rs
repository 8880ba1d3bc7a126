use std::ffi::OsString;

use super::*;
use crate::config::{Reporter, Token};

/// Applies variables to a configuration that reports nowhere.
fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
    let lookup = |name: &str| {
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    };
    Ok(Config::from_lookup(&lookup)?.reporter(Reporter::Discard))
}

#[test]
fn variables_set_the_files() {
    let config = from(&[
        (CA, "/ca.pem"),
        (CHAIN, " \"/chain.pem\" "),
        (KEY, "key.pem"),
        (TOKEN_FILE, "/token"),
    ])
    .unwrap();
    let file = |setting, path: &str| File::new(setting, path.into());
    assert_eq!(
        config.tls,
        Tls {
            forced: None,
            ca: file(CA, "/ca.pem"),
            chain: file(CHAIN, "/chain.pem"),
            key: file(KEY, "key.pem")
        }
    );
    assert_eq!(config.token_file, file(TOKEN_FILE, "/token"));
    assert_eq!(from(&[(CA, " "), (TOKEN_FILE, "")]).unwrap().tls, Tls::default());
}

#[test]
fn every_setting_of_tls_turns_it_on() {
    for (variable, value) in [(FORCE, "true"), (CA, "/x"), (CHAIN, "/x"), (KEY, "/x")] {
        let tls = from(&[(variable, value)]).unwrap().tls;
        assert_eq!(tls.turned_on_by(), Some(variable));
    }
    assert_eq!(Config::new("s").force_tls(true).force_tls(false).tls.turned_on_by(), None);
    let tls = Config::new("s").trusted_ca("/x").tls;
    assert_eq!(tls.turned_on_by(), Some("Config::trusted_ca"));
}

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
#[test]
fn client_certificate_without_its_key_is_an_error() {
    for (setting, other) in [(CHAIN, KEY), (KEY, CHAIN)] {
        let error = from(&[(setting, "/x")]).unwrap().tls.check().unwrap_err();
        assert_eq!(error, Error::ClientCertificate { setting, other });
    }
    assert_eq!(from(&[(CHAIN, "/x"), (KEY, "/x")]).unwrap().tls.check(), Ok(()));
}

#[test]
fn token_and_token_file_are_an_error() {
    let twice = |config: Config| config.check().unwrap_err().to_string();
    assert_eq!(
        twice(Config::new("s").token("s3cret").token_file("/t")),
        "Config::token_file: Config::token sets the token too; unset one of the two"
    );
    assert_eq!(
        twice(from(&[(env::NAME, "s"), (env::TOKEN, "s3cret"), (TOKEN_FILE, "/t")]).unwrap()),
        "SW_AGENT_AUTHENTICATION_FILE: SW_AGENT_AUTHENTICATION sets the token too; unset one of the two"
    );
}

#[test]
fn variable_overrides_the_other_source_of_the_builder() {
    let over = |config: Config, variable: &str| {
        env::apply(config, &|name: &str| (name == variable).then(|| "value".into())).unwrap()
    };
    let config = over(Config::new("s").token("s3cret"), TOKEN_FILE);
    assert_eq!((config.token, config.token_file), (None, File::new(TOKEN_FILE, "value".into())));
    let config = over(Config::new("s").token_file("/t"), env::TOKEN);
    assert_eq!((config.token, config.token_file), (Token::new("value".to_owned()), None));
}
