//! Compares the expansions that the runtime's documentation shows with its examples.
//!
//! A section of a macro's page is a file below the runtime's `docs/`. `page!` in its `lib.rs` lists
//! them. The first example of a section has an annotated item. Its expansion is the file of
//! the same name below the runtime's `docs/expansions/`. `UPDATE_EXPANSIONS=1` writes the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser as _;
use syn::{Attribute, ImplItem, Item, LitStr, Meta, Stmt, Token};

use super::{formatted, repository};
use crate::carrier;
use crate::expand;
use crate::kind::Kind;

fn runtime() -> Option<PathBuf> {
    Some(repository()?.join("skywalking-runtime"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A page: its sections, and the macro it documents.
struct Page {
    sections: Vec<String>,
    name: String,
}

/// Returns the pages in the runtime's `lib.rs`.
fn pages(runtime: &Path) -> Vec<Page> {
    let lib = syn::parse_file(&read(&runtime.join("src/lib.rs"))).unwrap();
    let page = |tokens: TokenStream| {
        let parser = |input: syn::parse::ParseStream<'_>| {
            let mut sections = Vec::new();
            while !input.peek(Token![;]) {
                sections.push(input.parse::<LitStr>()?.value());
                input.parse::<Option<Token![,]>>()?;
            }
            input.parse::<Token![;]>()?;
            let item: syn::ItemUse = input.parse()?;
            let name = item
                .tree
                .to_token_stream()
                .into_iter()
                .last()
                .map(|name| name.to_string())
                .unwrap_or_default();
            Ok(Page { sections, name })
        };
        parser.parse2(tokens).unwrap()
    };
    let calls = lib.items.into_iter().filter_map(|item| match item {
        Item::Macro(call)
            if call.mac.path.segments.last().is_some_and(|last| last.ident == "page") =>
        {
            Some(call.mac.tokens)
        }
        _ => None,
    });
    calls.map(page).collect()
}

fn section(runtime: &Path, name: &str) -> String {
    read(&runtime.join(format!("docs/{name}.md")))
}

/// Returns the code of the first example, with its hidden lines.
fn example(text: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| *line != "```").skip(1).peekable();
    lines.peek()?;
    let shown = |line: &str| match line.strip_prefix('#') {
        Some("") => String::new(),
        Some(hidden) if hidden.starts_with(' ') => hidden.to_owned(),
        _ => line.to_owned(),
    };
    Some(lines.take_while(|line| *line != "```").map(shown).collect::<Vec<_>>().join("\n"))
}

fn kind(attr: &Attribute) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| attr.path().is_ident(kind.attribute()))
}

/// Removes the span attribute from the item and expands it.
fn expanded(
    attrs: &mut Vec<Attribute>,
    item: impl FnOnce(&[Attribute]) -> TokenStream,
) -> Option<TokenStream> {
    let at = attrs.iter().position(|attr| kind(attr).is_some())?;
    let attr = attrs.remove(at);
    let args = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let rest = item(attrs);
    Some(expand::attribute(kind(&attr)?, args, rest, true).into_traced())
}

fn without_attributes(mut item: impl ToTokens + Attributed, attrs: &[Attribute]) -> TokenStream {
    *item.attributes() = attrs.to_vec();
    item.to_token_stream()
}

/// An item with attributes.
trait Attributed {
    fn attributes(&mut self) -> &mut Vec<Attribute>;
}

impl Attributed for syn::ItemFn {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }
}

impl Attributed for syn::ItemImpl {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }
}

impl Attributed for syn::ImplItemFn {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }
}

fn traced<T: ToTokens + Attributed + Clone>(item: &T) -> Option<TokenStream> {
    let mut attrs = item.clone().attributes().clone();
    expanded(&mut attrs, |attrs| without_attributes(item.clone(), attrs))
}

/// The macro whose expansion is shown beside an example.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// The first annotated function or impl block.
    Attribute,
    /// The first derive.
    Derive,
}

fn expansion(example: &str, shown: Shown) -> Option<String> {
    let block: syn::Block = syn::parse_str(&format!("{{ {example}\n }}"))
        .unwrap_or_else(|error| panic!("{error} in {example}"));
    let items: Vec<Item> = block
        .stmts
        .into_iter()
        .filter_map(|stmt| if let Stmt::Item(item) = stmt { Some(item) } else { None })
        .collect();
    let tokens = items.iter().find_map(|item| match item {
        Item::Struct(item) if shown == Shown::Derive => item
            .attrs
            .iter()
            .any(|attr| attr.path().is_ident("derive"))
            .then(|| carrier::derive(item.to_token_stream())),
        Item::Fn(item) if shown == Shown::Attribute => traced(item),
        Item::Impl(block) if shown == Shown::Attribute => traced(block).or_else(|| {
            let method = block
                .items
                .iter()
                .find_map(|item| if let ImplItem::Fn(item) = item { traced(item) } else { None })?;
            let ty = &block.self_ty;
            Some(quote!(impl #ty { #method }))
        }),
        _ => None,
    });
    tokens.map(formatted)
}

/// Returns the files below a folder, by their path in it.
fn files(folder: &Path, below: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = Path::new(below).join(entry.file_name()).to_str().unwrap().replace('\\', "/");
        if entry.file_type().unwrap().is_dir() {
            files(folder, &name, found);
        } else {
            assert!(found.insert(name));
        }
    }
}

#[test]
fn documented_expansions_match_their_examples() {
    let Some(runtime) = runtime() else { return };
    let folder = runtime.join("docs/expansions");
    let sections: BTreeSet<String> =
        pages(&runtime).into_iter().flat_map(|page| page.sections).collect();
    for name in &sections {
        let shown = if name.starts_with("carrier") { Shown::Derive } else { Shown::Attribute };
        let now = example(&section(&runtime, name)).and_then(|example| expansion(&example, shown));
        let now =
            now.unwrap_or_else(|| panic!("docs/{name}.md has no example with an annotated item"));
        assert!(!now.contains("compile_error"), "docs/{name}.md: {now}");
        let path = folder.join(format!("{name}.rs"));
        if env::var_os("UPDATE_EXPANSIONS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &now).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            now,
            "UPDATE_EXPANSIONS=1 regenerates {name}.rs"
        );
    }
    let mut there = BTreeSet::new();
    files(&folder, "", &mut there);
    assert_eq!(
        there,
        sections.iter().map(|name| format!("{name}.rs")).collect(),
        "an expansion without a section"
    );
}

#[test]
fn every_key_is_documented() {
    let Some(runtime) = runtime() else { return };
    let pages = pages(&runtime);
    for kind in Kind::ALL {
        let page = pages.iter().find(|page| page.name == kind.attribute()).unwrap();
        let text: Vec<String> = page.sections.iter().map(|name| section(&runtime, name)).collect();
        let (first, others) = text.split_first().unwrap();
        for key in kind.keys() {
            // `no_err` is documented in the section of `err`.
            let heading = format!("# `{}`\n", if key == "no_err" { "err" } else { key });
            assert!(
                others.iter().any(|section| section.starts_with(&heading)),
                "`{key}` of {}",
                page.name
            );
            assert!(
                first
                    .lines()
                    .any(|line| line.starts_with("| [") && line.contains(&format!("`{key}`"))),
                "`{key}` of {}",
                page.name
            );
        }
        assert_eq!(
            others.len(),
            kind.keys().count() - 1,
            "a section without a key of {}",
            page.name
        );
    }
}
