//! Whether batches are compressed.

use super::env::Source;
use super::{Config, Given};
use crate::error::Error;

const VARIABLE: &str = "SW_AGENT_COMPRESSION";

/// How batches of segments are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// By gzip. Needs the feature `gzip`.
    ///
    /// Saves traffic, and costs processor time of the reporter's thread. By HTTP a batch becomes
    /// several times smaller. By gRPC each segment is compressed by itself, so that small segments
    /// hardly become smaller; one that would become larger is sent as it is.
    ///
    /// An OAP accepts both (`docs/protocol.md#grpc-transport`, `docs/protocol.md#http-transport`).
    /// The HTTP server of old versions does not decompress bodies, and answers with an error.
    Gzip,
}

impl Config {
    /// Sets how batches of segments are compressed. Default: [`Compression::None`]. Keep-alives and
    /// properties are never compressed.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self.compression_setting = "Config::compression";
        self
    }
}

/// Overrides the setting by the variable, if it is set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    if let Some(given) = source.text(VARIABLE)? {
        config.compression_setting = given.setting;
        config.compression = parse(given)?;
    }
    Ok(())
}

/// Returns an error if this build cannot compress.
pub(super) fn check(compression: Compression, setting: &'static str) -> Result<(), Error> {
    match compression {
        Compression::Gzip if !cfg!(feature = "gzip") => Err(Error::GzipOff { setting }),
        _ => Ok(()),
    }
}

fn parse(Given { text: value, setting }: Given) -> Result<Compression, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "none" => Ok(Compression::None),
        "gzip" => Ok(Compression::Gzip),
        _ => Err(Error::Compression { setting, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_none_or_gzip() {
        let parse = |text: &str| parse(Given::new("S", text));
        assert_eq!(
            (parse(" None "), parse("gzip")),
            (Ok(Compression::None), Ok(Compression::Gzip))
        );
        assert_eq!(
            parse("zstd").unwrap_err().to_string(),
            "S: expected none or gzip, found \"zstd\""
        );
    }

    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    #[test]
    fn gzip_needs_its_feature() {
        let config = Config::new("svc").compression(Compression::Gzip);
        let expected = if cfg!(feature = "gzip") {
            Ok(())
        } else {
            Err(Error::GzipOff { setting: "Config::compression" })
        };
        assert_eq!(config.check().map(drop), expected);
    }
}
