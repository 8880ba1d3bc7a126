//! Rejects `?`, `return` and `.await` in an argument.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Expr;

use crate::diagnostics::{self, Errors};

/// Reports each `?`, `return` and `.await` outside of a closure, an async block or a nested function.
///
/// They would leave the function, or suspend it, while the span is being opened.
pub(super) fn reject_control_flow(value: &Expr, errors: &mut Errors) {
    visit(value.to_token_stream(), errors);
}

fn visit(tokens: TokenStream, errors: &mut Errors) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = trees.as_slice();
    let mut before: Option<&TokenTree> = None;
    let mut in_closure = false;
    while let [tree, after @ ..] = rest {
        rest = after;
        match tree {
            TokenTree::Punct(comma) if comma.as_char() == ',' => in_closure = false,
            TokenTree::Punct(bar) if bar.as_char() == '|' && starts_expression(before) => {
                // Skips the parameters, up to the second bar.
                rest = after_first(
                    rest,
                    |tree| matches!(tree, TokenTree::Punct(bar) if bar.as_char() == '|'),
                );
                in_closure = true;
            }
            _ if in_closure => {}
            TokenTree::Punct(question) if question.as_char() == '?' => {
                errors.push(diagnostics::control_flow_in_argument(tree, "?"));
            }
            TokenTree::Ident(word) if word == "return" => {
                errors.push(diagnostics::control_flow_in_argument(tree, "return"));
            }
            TokenTree::Ident(word) if word == "await" => {
                errors.push(diagnostics::control_flow_in_argument(tree, ".await"));
            }
            TokenTree::Ident(word)
                if word == "fn" && matches!(after, [TokenTree::Ident(_), ..]) =>
            {
                // Skips a nested function: its control flow stays inside.
                rest = after_first(
                    rest,
                    |tree| matches!(tree, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace),
                );
            }
            TokenTree::Group(_) if before.is_some_and(is_async) => {}
            TokenTree::Group(group) => visit(group.stream(), errors),
            _ => {}
        }
        // In `async move {..}` the braces belong to `async`.
        if !(matches!(tree, TokenTree::Ident(word) if word == "move")
            && before.is_some_and(is_async))
        {
            before = Some(tree);
        }
    }
}

/// Returns the trees after the first one that matches.
fn after_first(trees: &[TokenTree], matches: impl Fn(&TokenTree) -> bool) -> &[TokenTree] {
    let last = trees.iter().position(matches).unwrap_or(trees.len());
    trees.get(last + 1..).unwrap_or_default()
}

fn is_async(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Ident(word) if word == "async")
}

/// Returns whether a `|` after this token begins a closure. Otherwise it is an operator.
fn starts_expression(before: Option<&TokenTree>) -> bool {
    match before {
        None => true,
        Some(TokenTree::Punct(punct)) => !matches!(punct.as_char(), '?' | '|'),
        Some(TokenTree::Ident(word)) => {
            ["move", "async", "static", "return", "in", "if", "match", "else"]
                .iter()
                .any(|keyword| word == keyword)
        }
        Some(_) => false,
    }
}
