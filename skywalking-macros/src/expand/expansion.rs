//! The output of an attribute.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// The output of an attribute: the item, the item for clippy, and errors.
#[derive(Default)]
pub(crate) struct Expansion {
    /// The item, traced unless the attribute is disabled or has errors.
    pub(super) item: TokenStream,
    /// The item without a span, if the other one has one. Clippy reads it instead, so that it reports
    /// the same as without the attribute.
    pub(super) for_clippy: Option<TokenStream>,
    pub(super) errors: TokenStream,
}

impl Expansion {
    /// Returns the traced item, if the attribute is enabled, and the one without a span.
    pub(super) fn of(traced: Option<TokenStream>, untraced: TokenStream) -> Self {
        match traced {
            Some(item) => Self { for_clippy: Some(untraced), ..Self::unchanged(item) },
            None => Self::unchanged(untraced),
        }
    }

    /// Returns an item that is not traced.
    pub(super) fn unchanged(item: TokenStream) -> Self {
        Self { item, ..Self::default() }
    }

    /// Returns both items. Each build compiles one of them: clippy sets `cfg(clippy)`.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let Self { item, for_clippy, errors } = self;
        let Some(for_clippy) = for_clippy else { return item.into_iter().chain(errors).collect() };
        quote_spanned!(Span::mixed_site()=> #[cfg(not(clippy))] #item #[cfg(clippy)] #for_clippy #errors)
    }

    /// Returns the item that rustc compiles.
    #[cfg(test)]
    pub(crate) fn into_traced(self) -> TokenStream {
        self.item.into_iter().chain(self.errors).collect()
    }

    /// Returns the item that clippy reads.
    #[cfg(test)]
    pub(crate) fn into_clippy(self) -> TokenStream {
        self.for_clippy.unwrap_or(self.item)
    }
}
