//! The output of an attribute.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// The output of an attribute: the traced item, the item for clippy, and errors.
#[derive(Default)]
pub(crate) struct Expansion {
    /// The item, traced.
    pub(super) item: TokenStream,
    /// The item as written, which clippy reads instead, so that it reports the same as without the
    /// attribute.
    pub(super) for_clippy: Option<TokenStream>,
    pub(super) errors: TokenStream,
}

impl Expansion {
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
