//! The path of the runtime in emitted code.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

/// Returns the path of the runtime's private module, with this span. A path written by the user
/// keeps its own.
pub(crate) fn private(runtime: Option<&Path>, span: Span) -> TokenStream {
    let runtime = runtime.map_or_else(
        || quote_spanned!(span=> ::skywalking_runtime),
        quote::ToTokens::to_token_stream,
    );
    quote_spanned!(span=> #runtime::__private)
}
