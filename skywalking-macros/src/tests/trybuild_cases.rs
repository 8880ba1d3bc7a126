//! Expands every use of the macros in `trybuild/fail` and `trybuild/pass`. An error leaves the item in
//! place, and correct use has no error. The package `trybuild` compiles and runs them.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{repository, tokens};
use crate::carrier;
use crate::expand;
use crate::kind::Kind;

/// An attribute or a derive, and the item below it.
struct Use {
    kind: Option<Kind>,
    args: TokenStream,
    item: TokenStream,
}

/// Collects all uses in a file. The file need not be valid Rust.
fn uses(tokens: TokenStream, found: &mut Vec<Use>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        uses(group.stream(), found);
        let marked = at.checked_sub(1).is_some_and(
            |before| matches!(&trees[before], TokenTree::Punct(hash) if hash.as_char() == '#'),
        );
        if !marked {
            continue;
        }
        let Ok(attr) = syn::parse2::<syn::Meta>(group.stream()) else { continue };
        let args = match &attr {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let last =
            attr.path().segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let kind = Kind::ALL.into_iter().find(|kind| kind.attribute() == last);
        let derives = last == "derive" && args.to_string().contains("Carrier");
        if kind.is_some() || derives {
            found.push(Use { kind, args, item: item(&trees[at + 1..]) });
        }
    }
}

/// Returns the first item: up to its braces or its semicolon.
fn item(trees: &[TokenTree]) -> TokenStream {
    let attributes =
        trees.chunks(2).take_while(|pair| matches!(pair, [TokenTree::Punct(hash), TokenTree::Group(_)] if hash.as_char() == '#')).count();
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
        _ => false,
    };
    let end = trees
        .iter()
        .skip(2 * attributes)
        .position(ends)
        .map_or(trees.len(), |end| 2 * attributes + end + 1);
    trees[..end].iter().cloned().collect()
}

/// Returns the uses in the files of a folder, with the names of the files. Files that cannot be
/// split into tokens have none.
fn uses_in(folder: &Path) -> Vec<(String, Use)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Ok(tokens) = fs::read_to_string(&path).unwrap().parse()
        {
            let mut uses_here = Vec::new();
            uses(tokens, &mut uses_here);
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            found.extend(uses_here.into_iter().map(|used| (name.clone(), used)));
        }
    }
    found
}

fn expanded(used: &Use, enabled: bool) -> TokenStream {
    match used.kind {
        Some(kind) => {
            expand::attribute(kind, used.args.clone(), used.item.clone(), enabled).into_traced()
        }
        None => carrier::derive(used.item.clone()),
    }
}

fn has_error(out: &TokenStream) -> bool {
    out.to_string().contains(":: core :: compile_error !")
}

/// The tokens without what a disabled attribute adds: uses of names that never run, and the hidden
/// arguments of a block. Braces and trailing commas are left out too.
fn without_additions(tokens: TokenStream) -> TokenStream {
    let mut trees: &[TokenTree] = &tokens.into_iter().collect::<Vec<_>>();
    let mut kept: Vec<TokenTree> = Vec::new();
    while let [tree, rest @ ..] = trees {
        trees = rest;
        match (tree, rest) {
            (TokenTree::Punct(hash), [TokenTree::Group(attr), rest @ ..])
                if hash.as_char() == '#' && is_added(attr) =>
            {
                trees = match rest {
                    [TokenTree::Ident(word), _false, _uses, rest @ ..] if *word == "if" => rest,
                    _ => rest,
                };
            }
            (TokenTree::Ident(word), [TokenTree::Group(_), ..]) if *word == "__block" => break,
            (TokenTree::Ident(word), _) if *word == "__seen" => break,
            (TokenTree::Group(group), _) => {
                let inner = without_additions(group.stream());
                match group.delimiter() {
                    Delimiter::Brace => kept.extend(inner),
                    Delimiter::Parenthesis if inner.is_empty() => {}
                    delimiter => kept.push(Group::new(delimiter, inner).into()),
                }
            }
            _ => kept.push(tree.clone()),
        }
    }
    if matches!(kept.last(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
        kept.pop();
    }
    kept.into_iter().collect()
}

/// True for an attribute of the added code.
fn is_added(attr: &Group) -> bool {
    let text = attr.to_string();
    text.starts_with("[allow (clippy :: all") || text == "[allow (unused_braces)]"
}

#[test]
fn fail_cases_emit_the_item_in_both_builds() {
    let Some(repository) = repository() else { return };
    let mut failed = 0;
    for (file, used) in uses_in(&repository.join("trybuild/fail")) {
        let (on, off) = (expanded(&used, true), expanded(&used, false));
        assert_eq!(has_error(&on), has_error(&off), "{file}: {on}");
        if has_error(&on) && used.kind.is_some() {
            failed += 1;
            assert_eq!(on.to_string(), off.to_string(), "{file}");
            let is_impl = used
                .item
                .clone()
                .into_iter()
                .any(|tree| matches!(tree, TokenTree::Ident(word) if word == "impl"));
            assert!(is_impl || on.to_string().starts_with(&used.item.to_string()), "{file}: {on}");
        }
    }
    assert!(failed >= 60, "{failed} uses were found");
}

#[test]
fn pass_cases_have_no_errors() {
    let Some(repository) = repository() else { return };
    let mut passed = 0;
    for (file, used) in &uses_in(&repository.join("trybuild/pass")) {
        // The input of a macro need not be an item.
        let is_item = syn::parse2::<syn::Item>(used.item.clone()).is_ok()
            || syn::parse2::<syn::ImplItem>(used.item.clone()).is_ok();
        if !is_item || used.args.to_string().contains('$') {
            continue;
        }
        passed += 1;
        assert!(!has_error(&expanded(used, true)), "{file}: {}", expanded(used, true));
        if used.kind.is_some() {
            let off = expanded(used, false);
            assert!(!has_error(&off), "{file}: {off}");
            assert_eq!(
                without_additions(off).to_string(),
                without_additions(used.item.clone()).to_string(),
                "{file}"
            );
        }
    }
    assert!(passed >= 100, "{passed} uses were found");
}

#[test]
fn attributes_and_derives_are_found() {
    let mut found = Vec::new();
    uses(
        tokens(
            "mod a { #[a::local_span(tags(b))] #[inline] #[must_use] fn f() -> u8 { 1 } fn g() {} } #[derive(Clone, Carrier)] struct S; #[test] fn h() {}",
        ),
        &mut found,
    );
    let shown: Vec<String> =
        found.iter().map(|used| format!("{} | {}", used.args, used.item)).collect();
    assert_eq!(
        shown,
        ["tags (b) | # [inline] # [must_use] fn f () -> u8 { 1 }", "Clone , Carrier | struct S ;"]
    );
}
