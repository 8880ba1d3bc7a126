//! Tests of the attributes and the derive: tokens in, tokens out. The package `trybuild` compiles
//! and runs the output.

mod carrier;
mod diagnostics;
mod documented_expansions;
mod expansions;
mod items;
mod trybuild_cases;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand;
use crate::kind::Kind;

/// Expands an attribute on a free function, formatted.
fn expanded(kind: Kind, args: &str, function: &str) -> String {
    formatted(expand::attribute(kind, tokens(args), tokens(function), true).into_traced())
}

/// Expands an attribute on a method, formatted.
fn expanded_method(kind: Kind, args: &str, method: &str) -> String {
    let method = expand::attribute(kind, tokens(args), tokens(method), true).into_traced();
    formatted(quote!(impl Type { #method }))
}

/// Returns the folder of the repository, or `None` in a packaged crate, which has no neighbours.
fn repository() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // `cargo package` keeps the original manifest under this name.
    let is_packaged = package.join("Cargo.toml.orig").exists();
    (!is_packaged).then(|| package.join(".."))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap()
}

fn formatted(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}
