//! The collection of errors, and how a message gets its place.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// Collects the errors of one use of a macro.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Adds an error.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Returns whether there is no error.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Turns the errors into `compile_error!` calls. `None` if there are none.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        self.0.map(Error::into_compile_error)
    }
}

/// Returns an error that points at these tokens.
pub(super) fn at(tokens: impl ToTokens, message: impl Display) -> Error {
    Error::new_spanned(tokens, message)
}

/// Returns an error that points at the attribute as a whole.
pub(super) fn at_attribute(message: impl Display) -> Error {
    Error::new(Span::call_site(), message)
}

/// Returns the words as a list, each in backticks.
pub(super) fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
