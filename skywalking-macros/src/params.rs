//! The parameters of a signature, and which of them a body uses.
//!
//! The expansion moves a body into an async block or a closure, and its parameters with it, in an
//! order that preserves Rust's drop order. An unused parameter stays outside, so that rustc still
//! reports it.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, Pat, Signature, Token, Type};

/// A name that the parameters bind.
pub(crate) struct Binding {
    /// The name, with the user's span.
    pub(crate) ident: Ident,
    /// The `mut` of its declaration.
    pub(crate) mutability: Option<Token![mut]>,
    /// The `#[cfg]` attributes of its parameter. Each use of the name needs them too.
    pub(crate) cfgs: Vec<Attribute>,
    /// Whether its parameter's type borrows.
    pub(crate) borrows: Borrows,
}

/// Whether a type borrows, as far as its tokens show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Borrows {
    /// The tokens show no borrow.
    NoneVisible,
    /// The type is a reference, which needs no drop.
    Reference,
    /// The type contains references, or is opaque.
    Contains,
}

impl Binding {
    /// Returns the name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// Returns whether this is `self`, which cannot be bound again.
    pub(crate) fn is_self(&self) -> bool {
        self.ident == "self"
    }
}

/// Returns all names that the parameters bind, in the order of declaration: `self`, and those in
/// patterns.
pub(crate) fn bindings(sig: &Signature) -> Vec<Binding> {
    let mut found = Vec::new();
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => found.push(Binding {
                ident: Ident::new("self", receiver.self_token.span),
                mutability: receiver.mutability,
                cfgs: cfgs(&receiver.attrs),
                borrows: Borrows::NoneVisible,
            }),
            FnArg::Typed(param) => {
                collect_bindings(&param.pat, &cfgs(&param.attrs), borrows(&param.ty), &mut found);
            }
        }
    }
    found
}

fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"))
        .cloned()
        .collect()
}

fn borrows(ty: &Type) -> Borrows {
    match ty {
        Type::Group(group) => borrows(&group.elem),
        Type::Paren(paren) => borrows(&paren.elem),
        Type::Reference(_) => Borrows::Reference,
        ty if shows_borrow(ty.to_token_stream()) => Borrows::Contains,
        _ => Borrows::NoneVisible,
    }
}

fn shows_borrow(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        TokenTree::Ident(word) => word == "impl" || word == "dyn",
        TokenTree::Group(group) => shows_borrow(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn collect_bindings(pat: &Pat, cfgs: &[Attribute], borrows: Borrows, found: &mut Vec<Binding>) {
    match pat {
        Pat::Ident(pat) => {
            found.push(Binding {
                ident: pat.ident.clone(),
                mutability: pat.mutability.filter(|_| pat.by_ref.is_none()),
                cfgs: cfgs.to_vec(),
                borrows,
            });
            if let Some((_, inner)) = &pat.subpat {
                collect_bindings(inner, cfgs, borrows, found);
            }
        }
        Pat::Paren(pat) => collect_bindings(&pat.pat, cfgs, borrows, found),
        Pat::Reference(pat) => collect_bindings(&pat.pat, cfgs, borrows, found),
        Pat::Type(pat) => collect_bindings(&pat.pat, cfgs, borrows, found),
        Pat::Slice(pat) => {
            pat.elems.iter().for_each(|pat| collect_bindings(pat, cfgs, borrows, found));
        }
        Pat::Tuple(pat) => {
            pat.elems.iter().for_each(|pat| collect_bindings(pat, cfgs, borrows, found));
        }
        Pat::TupleStruct(pat) => {
            pat.elems.iter().for_each(|pat| collect_bindings(pat, cfgs, borrows, found));
        }
        Pat::Struct(pat) => {
            pat.fields.iter().for_each(|field| collect_bindings(&field.pat, cfgs, borrows, found));
        }
        // Each case of an or-pattern binds the same names.
        Pat::Or(pat) => {
            pat.cases.iter().take(1).for_each(|pat| collect_bindings(pat, cfgs, borrows, found));
        }
        _ => {}
    }
}

/// Collects all identifiers in the tokens, and the captured arguments in string literals.
///
/// Any literal may be a format string.
pub(crate) fn collect_names(tokens: &TokenStream, words: &mut HashSet<String>) {
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(ident) => {
                words.insert(ident.unraw().to_string());
            }
            TokenTree::Group(group) => collect_names(&group.stream(), words),
            TokenTree::Literal(literal) => collect_format_arguments(&literal.to_string(), words),
            TokenTree::Punct(_) => {}
        }
    }
}

/// Returns whether the tokens use a name that is neither a keyword nor from the prelude.
pub(crate) fn uses_program_names(tokens: &TokenStream) -> bool {
    const PRELUDE: [&str; 7] = ["Some", "None", "Ok", "Err", "format", "format_args", "concat"];
    let mut words = HashSet::new();
    collect_names(tokens, &mut words);
    // A raw name can look like a keyword.
    tokens.to_string().contains("r#")
        || words
            .iter()
            .any(|word| !PRELUDE.contains(&word.as_str()) && syn::parse_str::<Ident>(word).is_ok())
}

/// Returns whether the tokens assign to the name, or to a field or an element of it.
///
/// Also finds `NAME.field[0] += ..` and `(NAME, other) = ..`.
pub(crate) fn is_assigned(tokens: &TokenStream, name: &str) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut rest = trees.as_slice();
    while let [tree, after @ ..] = rest {
        let found = match tree {
            TokenTree::Ident(ident) => ident.unraw() == name && is_assignment(after_place(after)),
            TokenTree::Group(group) => {
                is_assigned(&group.stream(), name)
                    || (has_name(&group.stream(), name) && is_assignment(after))
            }
            _ => false,
        };
        if found {
            return true;
        }
        rest = after;
    }
    false
}

/// Skips the fields and indices after a name.
fn after_place(mut trees: &[TokenTree]) -> &[TokenTree] {
    loop {
        trees = match trees {
            [TokenTree::Punct(dot), TokenTree::Ident(_) | TokenTree::Literal(_), rest @ ..]
                if dot.as_char() == '.' =>
            {
                rest
            }
            [TokenTree::Group(index), rest @ ..] if index.delimiter() == Delimiter::Bracket => rest,
            trees => return trees,
        };
    }
}

/// Returns whether the trees begin with an assignment operator: `=`, `+=`, `<<=`, but not `==` or
/// `=>`.
fn is_assignment(trees: &[TokenTree]) -> bool {
    let operator: String = trees
        .iter()
        .map_while(|tree| match tree {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        })
        .take(3)
        .collect();
    let assigns = |operator: &str| {
        operator.starts_with('=') && !operator.starts_with("==") && !operator.starts_with("=>")
    };
    assigns(&operator)
        || ["+", "-", "*", "/", "%", "^", "&", "|", "<<", ">>"].iter().any(|prefix| {
            operator
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with('=') && !rest.starts_with("=="))
        })
}

fn has_name(tokens: &TokenStream, name: &str) -> bool {
    tokens
        .clone()
        .into_iter()
        .any(|tree| matches!(&tree, TokenTree::Ident(ident) if ident.unraw() == name))
}

/// Collects the names in `{name}`, `{name:?}`, `{:width$}` and `{:.precision$}`.
fn collect_format_arguments(text: &str, words: &mut HashSet<String>) {
    if !text.contains('{') {
        return;
    }
    let mut rest = text;
    while let Some((gap, from_word)) = rest
        .find(|c: char| c == '_' || c.is_alphabetic())
        .and_then(|start| rest.split_at_checked(start))
    {
        let end =
            from_word.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(from_word.len());
        let Some((word, after)) = from_word.split_at_checked(end) else { return };
        if gap.trim_end().ends_with('{') || after.starts_with('$') {
            words.insert(word.to_owned());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests;
