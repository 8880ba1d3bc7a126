//! A value of a setting as it was given.

use std::fmt;

use crate::secrets::without_secrets;

/// A text and the name of the setting that contained it.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) setting: &'static str,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A list of backends may contain passwords.
        f.debug_struct("Given")
            .field("text", &without_secrets(&self.text))
            .field("setting", &self.setting)
            .finish()
    }
}

impl Given {
    pub(super) fn new(setting: &'static str, text: impl Into<String>) -> Self {
        Self { text: text.into(), setting }
    }
}
