//! Spans and grouping of emitted tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

/// Returns the tokens with the location of another span. Names resolve as before; errors are
/// reported at the location.
pub(super) fn located_at(tokens: &TokenStream, span: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

/// Returns the expression as the operand of a `.` or a `match`: in parentheses, where it needs
/// them.
pub(super) fn operand(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Path(_) | Expr::Macro(_) | Expr::Paren(_) => expr.to_token_stream(),
        // An error about the whole is reported at the expression.
        _ => quote_spanned!(Span::mixed_site().located_at(expr.span())=> (#expr)),
    }
}

/// Returns a block with the braces of a body: rustc then reports on it as on the user's own block.
///
/// About the block of a macro, rustc reports other messages, or none.
pub(super) fn with_braces_of(body: &Group, tokens: TokenStream) -> Group {
    let mut block = Group::new(Delimiter::Brace, tokens);
    block.set_span(body.span());
    block
}

/// Returns the body as the last expression of an emitted block.
///
/// The braces of a body that is a single expression would trigger the lint `unused_braces`.
pub(super) fn body_expression(body: &Group) -> TokenStream {
    let is_single = !body
        .stream()
        .into_iter()
        .any(|tree| matches!(tree, TokenTree::Punct(semicolon) if semicolon.as_char() == ';'));
    let allow = is_single.then(|| quote_spanned!(Span::mixed_site()=> #[allow(unused_braces)]));
    quote_spanned!(Span::mixed_site()=> #allow #body)
}

/// Splits the inner attributes off a body. They are the function's: they move to its new body.
pub(super) fn split_inner_attributes(body: &Group) -> (TokenStream, Group) {
    let trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut rest = trees.as_slice();
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(attr), after @ ..] =
        rest
    {
        if hash.as_char() != '#' || bang.as_char() != '!' || attr.delimiter() != Delimiter::Bracket
        {
            break;
        }
        rest = after;
    }
    if rest.len() == trees.len() || body.delimiter() != Delimiter::Brace {
        return (TokenStream::new(), body.clone());
    }
    let attrs = trees.iter().take(trees.len() - rest.len()).cloned().collect();
    (attrs, with_braces_of(body, rest.iter().cloned().collect()))
}
