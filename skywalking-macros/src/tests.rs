//! What the attributes and the derive emit, seen from outside: tokens in, tokens out. That it
//! compiles and runs is for the room `trybuild`.

mod carrier;
mod diagnostics;
mod documented_expansions;
mod expansions;
mod trybuild_cases;

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand;
use crate::kind::Kind;

/// The expansion of one attribute on a free function, formatted.
fn expanded(kind: Kind, args: &str, function: &str) -> String {
    formatted(expand::attribute(kind, tokens(args), tokens(function), true).into_traced())
}

/// The same on a method.
fn expanded_method(kind: Kind, args: &str, method: &str) -> String {
    let method = expand::attribute(kind, tokens(args), tokens(method), true).into_traced();
    formatted(quote!(impl Type { #method }))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap()
}

fn formatted(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}
