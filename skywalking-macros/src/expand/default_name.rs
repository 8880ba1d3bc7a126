//! The name of a span without `name`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt as _;

use crate::args::{NamePattern, PatternPart};
use crate::item::ImplBlock;

/// The source of a span's default name.
pub(super) enum DefaultName<'a> {
    /// A function with an attribute of its own: `module::function`.
    Function,
    /// A function of a traced impl block: by the block's `names`, else `module::Type::function`.
    Method { names: Option<&'a NamePattern>, block: &'a ImplBlock },
    /// A function of an impl block with an attribute of its own: the block's expansion passed the
    /// name on.
    FromBlock { name: &'a TokenStream, has_pattern: bool },
}

impl DefaultName<'_> {
    /// Returns whether the `names` of an impl block makes the name.
    pub(super) fn has_pattern(&self) -> bool {
        matches!(
            self,
            Self::Method { names: Some(_), .. } | Self::FromBlock { has_pattern: true, .. }
        )
    }

    /// Returns the name of a function, as a constant expression.
    pub(super) fn of(&self, ident: &Ident) -> TokenStream {
        let site = Span::mixed_site();
        let function = LitStr::new(&ident.unraw().to_string(), ident.span());
        let (names, block) = match self {
            Self::Function => {
                return quote_spanned!(site=> ::core::concat!(::core::module_path!(), "::", #function));
            }
            Self::Method { names, block } => (names, block),
            Self::FromBlock { name, .. } => return (*name).clone(),
        };
        let type_name = &block.type_name;
        let Some(names) = names else {
            return quote_spanned!(site=> ::core::concat!(::core::module_path!(), "::", #type_name, "::", #function));
        };
        let parts = names.parts.iter().map(|part| match part {
            PatternPart::Text(text) => text.to_token_stream(),
            PatternPart::Module => quote_spanned!(site=> ::core::module_path!()),
            PatternPart::Type => type_name.to_token_stream(),
            PatternPart::Trait => block.trait_name.as_deref().unwrap_or_default().to_token_stream(),
            PatternPart::Function => function.to_token_stream(),
        });
        quote_spanned!(site=> ::core::concat!(#(#parts),*))
    }
}
