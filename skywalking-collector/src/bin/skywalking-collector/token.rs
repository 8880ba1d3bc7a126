//! The token, from a file or a variable. It can't be set by an option, since other users of the
//! machine can see options.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Error;

pub(crate) const VARIABLE: &str = "SW_COLLECTOR_TOKEN";

/// Returns the token, if one is set. An empty variable counts as unset. An empty file is an invalid
/// token, which [`Builder::start`](skywalking_collector::Builder::start) refuses.
pub(crate) fn read(
    file: Option<PathBuf>,
    variable: Option<OsString>,
) -> Result<Option<String>, Error> {
    let variable = variable.filter(|value| !value.is_empty());
    match (file, variable) {
        (Some(_), Some(_)) => Err(Error::TwoTokens),
        (None, Some(value)) => value.into_string().map(Some).map_err(|_| Error::TokenEncoding),
        (Some(path), None) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| Error::TokenFile { path, source })?;
            // Editors append a newline, and a token can't contain one.
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        (None, None) => Ok(None),
    }
}
