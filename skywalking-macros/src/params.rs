//! The names that a signature binds, and which of them a body mentions.
//!
//! An async body, and a sync one under `err`, moves into a block of ours; the parameters move with
//! it in an order that keeps Rust's order of drops. A parameter that is mentioned nowhere stays
//! outside, so that rustc's lint for unused ones still speaks.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, Pat, Signature, Token, Type};

/// One name that the signature binds, in the order of declaration.
pub(crate) struct Binding {
    /// The name, with the user's span.
    pub(crate) ident: Ident,
    /// The `mut` that it is declared with.
    pub(crate) mutability: Option<Token![mut]>,
    /// The `#[cfg]` attributes of its parameter: each use of the name must carry them.
    pub(crate) cfgs: Vec<Attribute>,
    /// What its parameter's type borrows.
    pub(crate) borrows: Borrows,
}

/// What a type says of borrowing, as far as it can be read off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Borrows {
    /// Nothing is written of it.
    Unsaid,
    /// It is a reference, which has nothing to drop.
    Reference,
    /// It holds references, or hides what it holds.
    Within,
}

impl Binding {
    /// The name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// `self` is bound like a parameter, but cannot be bound again.
    pub(crate) fn is_self(&self) -> bool {
        self.ident == "self"
    }
}

/// Every name that the parameters bind, `self` and those inside patterns included.
pub(crate) fn bindings(sig: &Signature) -> Vec<Binding> {
    let mut found = Vec::new();
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => found.push(Binding {
                ident: Ident::new("self", receiver.self_token.span),
                mutability: receiver.mutability,
                cfgs: cfgs(&receiver.attrs),
                borrows: Borrows::Unsaid,
            }),
            FnArg::Typed(param) => {
                bound_by(&param.pat, &cfgs(&param.attrs), borrows(&param.ty), &mut found)
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
        ty if mentions_a_borrow(ty.to_token_stream()) => Borrows::Within,
        _ => Borrows::Unsaid,
    }
}

fn mentions_a_borrow(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        TokenTree::Ident(word) => word == "impl" || word == "dyn",
        TokenTree::Group(group) => mentions_a_borrow(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn bound_by(pat: &Pat, cfgs: &[Attribute], borrows: Borrows, found: &mut Vec<Binding>) {
    match pat {
        Pat::Ident(pat) => {
            found.push(Binding {
                ident: pat.ident.clone(),
                mutability: pat.mutability.filter(|_| pat.by_ref.is_none()),
                cfgs: cfgs.to_vec(),
                borrows,
            });
            if let Some((_, inner)) = &pat.subpat {
                bound_by(inner, cfgs, borrows, found);
            }
        }
        Pat::Paren(pat) => bound_by(&pat.pat, cfgs, borrows, found),
        Pat::Reference(pat) => bound_by(&pat.pat, cfgs, borrows, found),
        Pat::Type(pat) => bound_by(&pat.pat, cfgs, borrows, found),
        Pat::Slice(pat) => pat.elems.iter().for_each(|pat| bound_by(pat, cfgs, borrows, found)),
        Pat::Tuple(pat) => pat.elems.iter().for_each(|pat| bound_by(pat, cfgs, borrows, found)),
        Pat::TupleStruct(pat) => {
            pat.elems.iter().for_each(|pat| bound_by(pat, cfgs, borrows, found))
        }
        Pat::Struct(pat) => {
            pat.fields.iter().for_each(|field| bound_by(&field.pat, cfgs, borrows, found))
        }
        // Each case of an or-pattern binds the same names.
        Pat::Or(pat) => {
            pat.cases.iter().take(1).for_each(|pat| bound_by(pat, cfgs, borrows, found))
        }
        _ => {}
    }
}

/// Every word that occurs in the tokens: as an identifier, or in a string literal where a format
/// macro would take it for one.
pub(crate) fn mentioned(tokens: &TokenStream, words: &mut HashSet<String>) {
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(ident) => {
                words.insert(ident.unraw().to_string());
            }
            TokenTree::Group(group) => mentioned(&group.stream(), words),
            TokenTree::Literal(literal) => in_format_string(&literal.to_string(), words),
            TokenTree::Punct(_) => {}
        }
    }
}

/// Whether a word in the tokens can be of the program's own, and not of the prelude.
pub(crate) fn mentions_the_program(tokens: &TokenStream) -> bool {
    const PRELUDE: [&str; 7] = ["Some", "None", "Ok", "Err", "format", "format_args", "concat"];
    let mut words = HashSet::new();
    mentioned(tokens, &mut words);
    // A raw name can look like a keyword.
    tokens.to_string().contains("r#")
        || words
            .iter()
            .any(|word| !PRELUDE.contains(&word.as_str()) && syn::parse_str::<Ident>(word).is_ok())
}

/// Whether the tokens assign to the name, to a field or to an element of it: `NAME.field[0] += ..`,
/// `(NAME, other) = ..`.
pub(crate) fn assigned(tokens: &TokenStream, name: &str) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Ident(ident) => {
            ident.unraw() == name && is_assignment(behind_place(&trees[at + 1..]))
        }
        TokenTree::Group(group) => {
            assigned(&group.stream(), name)
                || (mentions(&group.stream(), name) && is_assignment(&trees[at + 1..]))
        }
        _ => false,
    })
}

/// What follows the fields and indices behind a name.
fn behind_place(mut trees: &[TokenTree]) -> &[TokenTree] {
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

/// `=`, `+=`, `<<=` and the like, and neither `==` nor `=>`.
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

fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens
        .clone()
        .into_iter()
        .any(|tree| matches!(&tree, TokenTree::Ident(ident) if ident.unraw() == name))
}

/// `{name}`, `{name:?}`, `{:width$}`, `{:.precision$}`.
fn in_format_string(text: &str, words: &mut HashSet<String>) {
    if !text.contains('{') {
        return;
    }
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '_' || c.is_alphabetic()) {
        let before = rest[..start].trim_end().chars().next_back();
        let word_and_rest = &rest[start..];
        let end = word_and_rest
            .find(|c: char| c != '_' && !c.is_alphanumeric())
            .unwrap_or(word_and_rest.len());
        let after = word_and_rest[end..].chars().next();
        if before == Some('{') || after == Some('$') {
            words.insert(word_and_rest[..end].to_owned());
        }
        rest = &word_and_rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{assigned, bindings, mentioned, mentions_the_program};

    #[test]
    fn every_name_of_every_pattern_is_bound_in_order() {
        let sig = syn::parse_str(
            "fn f(mut self: Box<Self>, a: u8, (b, mut c): (u8, u8), D { d, e: &f, .. }: D, [g, h @ ..]: [u8; 3], E(i | i): E, _: u8, ref j: u8)",
        );
        let found: Vec<String> = bindings(&sig.unwrap())
            .iter()
            .map(|binding| {
                format!(
                    "{}{}",
                    if binding.mutability.is_some() { "mut " } else { "" },
                    binding.name()
                )
            })
            .collect();
        assert_eq!(found, ["mut self", "a", "b", "mut c", "d", "f", "g", "h", "i", "j"]);
    }

    #[test]
    fn words_are_mentioned_by_identifiers_and_format_strings_alone() {
        let body = r#"a . b (r#type) { "plain c {d} { e:?} {:f$} {:.g$} {{h}} {0} {i j}" 'k' }"#;
        let mut words = HashSet::new();
        mentioned(&body.parse().unwrap(), &mut words);
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort();
        // `{{h}}` is no name, but to take it for one costs nothing.
        assert_eq!(words, ["a", "b", "d", "e", "f", "g", "h", "i", "type"]);
    }

    #[test]
    fn words_of_the_prelude_are_not_the_programs() {
        for no in
            ["", "\"a\"", "Some(1)", "format!(\"{}\", 1)", "1 + 2", "if true { 1 } else { 2 }"]
        {
            assert!(!mentions_the_program(&no.parse().unwrap()), "{no}");
        }
        for yes in ["a", "self.a", "format!(\"{a}\")", "Some(a)", "a()", "Self::A", "r#type"] {
            assert!(mentions_the_program(&yes.parse().unwrap()), "{yes}");
        }
    }

    #[test]
    fn what_is_assigned_to_is_found() {
        for yes in [
            "a = 1",
            "x; { a.b[0].1 += 2 }",
            "(c, a) = d",
            "f(|| a <<= 1)",
            "if b { a -= 1 }",
            "[a, ..] = b",
            "r#a = 1",
        ] {
            assert!(assigned(&yes.parse().unwrap(), "a"), "{yes}");
        }
        for no in [
            "a == 1",
            "b = a",
            "match a { _ => 1 }",
            "a.set(1)",
            "a <= 1",
            "a >= b",
            "x.a() == 1",
            "(a, b) == c",
            "let b = &mut a",
            "a != 1",
        ] {
            assert!(!assigned(&no.parse().unwrap(), "a"), "{no}");
        }
    }
}
