//! Settings of TLS and of files: what turns TLS on, and the paths of certificates, keys and the
//! token. No file is read here.

use std::path::PathBuf;

use super::env::Source;
use super::{Config, File, env};
use crate::error::Error;

/// Whether this build has TLS.
pub(crate) const IS_BUILT: bool = cfg!(any(feature = "tls-ring", feature = "tls-aws-lc"));

pub(super) const FORCE: &str = "SW_AGENT_FORCE_TLS";
const CA: &str = "SW_AGENT_SSL_TRUSTED_CA_PATH";
const CHAIN: &str = "SW_AGENT_SSL_CERT_CHAIN_PATH";
const KEY: &str = "SW_AGENT_SSL_KEY_PATH";
pub(super) const TOKEN_FILE: &str = "SW_AGENT_AUTHENTICATION_FILE";

/// The settings of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    /// The setting that requires TLS without naming a file.
    pub(super) forced: Option<&'static str>,
    /// The certificates of trusted authorities. Without them those of the system are trusted.
    pub(crate) ca: Option<File>,
    /// The certificate of this client, and the intermediate ones.
    pub(crate) chain: Option<File>,
    /// The key of this client.
    pub(crate) key: Option<File>,
}

impl Tls {
    /// Returns the setting that turns TLS on for all addresses.
    pub(crate) fn turned_on_by(&self) -> Option<&'static str> {
        let files = [&self.ca, &self.chain, &self.key];
        self.forced.or_else(|| files.into_iter().flatten().map(|file| file.setting).next())
    }

    /// Checks the settings of a reporter with a backend.
    pub(super) fn check(&self) -> Result<(), Error> {
        if let Some(setting) = self.turned_on_by().filter(|_| !IS_BUILT) {
            return Err(Error::TlsForced { setting });
        }
        match (&self.chain, &self.key) {
            (Some(file), None) => {
                Err(Error::ClientCertificate { setting: file.setting, other: KEY })
            }
            (None, Some(file)) => {
                Err(Error::ClientCertificate { setting: file.setting, other: CHAIN })
            }
            _ => Ok(()),
        }
    }
}

impl Config {
    /// Sets whether TLS is required. Default: `false`.
    ///
    /// With `true`, addresses without a scheme and Unix sockets use TLS, and an address with
    /// `http://` is an error. Without it, `https://` turns TLS on for its address. A build without
    /// the feature `tls-ring` or `tls-aws-lc` has no TLS, and `true` is an error at the start.
    ///
    /// The name or IP address of the backend must be in its certificate, whose authority is one of
    /// the system or of [`trusted_ca`](Config::trusted_ca). For a Unix socket the name is
    /// `localhost`. The check cannot be turned off.
    pub fn force_tls(mut self, force: bool) -> Self {
        self.tls.forced = force.then_some("Config::force_tls");
        self
    }

    /// Sets the file with the certificates of trusted authorities, as PEM, and turns TLS on as
    /// [`force_tls`](Config::force_tls) does. Default: the authorities of the system, without TLS.
    ///
    /// The file is read at the start, and again when it has changed. A changed file that is invalid
    /// is logged, and the previous certificates stay in use.
    pub fn trusted_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.ca = File::new("Config::trusted_ca", path.into());
        self
    }

    /// Sets the files of a client certificate and its key, as PEM, for backends that require one
    /// (mutual TLS). Turns TLS on as [`force_tls`](Config::force_tls) does. Default: none.
    ///
    /// The first file has the certificate, followed by the intermediate ones. The key is PKCS#8,
    /// PKCS#1 or SEC1, without a password. Both files are read again when they have changed.
    pub fn client_certificate(
        mut self,
        chain: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.tls.chain = File::new("Config::client_certificate", chain.into());
        self.tls.key = File::new("Config::client_certificate", key.into());
        self
    }

    /// Sets a file with the token that the backend requires. Default: none.
    ///
    /// White space around the token is ignored. The file is read at the start, and again when it
    /// has changed: at most a second later the new token is sent. It is an error to set both this
    /// and [`token`](Config::token).
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_file = File::new("Config::token_file", path.into());
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    if let Some(given) = source.text(FORCE)? {
        let setting = given.setting;
        config.tls.forced = env::switch(given)?.then_some(setting);
    }
    let Config { tls: Tls { ca, chain, key, .. }, token_file, token, .. } = config;
    for (setting, current) in [(CA, ca), (CHAIN, chain), (KEY, key)] {
        if let Some(given) = source.path(setting) {
            *current = Some(given);
        }
    }
    if let Some(given) = source.path(TOKEN_FILE) {
        *token_file = Some(given);
        // The builder's token is overridden. A variable with a token is an error.
        if source.text(env::TOKEN)?.is_none() {
            *token = None;
        }
    } else if source.text(env::TOKEN)?.is_some() {
        *token_file = None;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
