//! Where the program's token comes from: a file or a variable. Never an option's value, which other
//! users can see.

use std::ffi::OsString;
use std::path::PathBuf;

use skywalking_collector::Error;

pub(crate) const VARIABLE: &str = "SW_COLLECTOR_TOKEN";

/// The token, if there is one. An empty variable counts as not set; an empty file is a mistake,
/// which the collector names.
pub(crate) fn token(
    file: Option<PathBuf>,
    variable: Option<OsString>,
) -> Result<Option<String>, Error> {
    let variable = variable.filter(|value| !value.is_empty());
    match (file, variable) {
        (Some(_), Some(_)) => Err(Error::TwoTokens),
        (None, Some(value)) => value.into_string().map(Some).map_err(|_| Error::Token),
        (Some(path), None) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| Error::TokenFile { path, source })?;
            // Editors end a file with a line end, which no token has.
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        (None, None) => Ok(None),
    }
}
