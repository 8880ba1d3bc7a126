//! The errors of the derive `Carrier`, and its implementations beside them.

use quote::ToTokens as _;

use super::{formatted, tokens};
use crate::carrier;

/// Returns the messages, in order, and the types that implement the traits beside them.
fn derived(item: &str) -> (Vec<String>, Vec<String>) {
    let file: syn::File = syn::parse2(carrier::derive(tokens(item))).unwrap();
    let (mut messages, mut carriers) = (Vec::new(), Vec::new());
    for item in file.items {
        match item {
            syn::Item::Macro(call) => {
                messages.push(syn::parse2::<syn::LitStr>(call.mac.tokens).unwrap().value());
            }
            syn::Item::Impl(item) => carriers.push(item.self_ty.to_token_stream().to_string()),
            item => panic!("{}", item.to_token_stream()),
        }
    }
    (messages, carriers)
}

#[test]
fn all_errors_are_reported() {
    let (messages, carriers) = derived(
        r#"#[carrier] struct A { #[carrier(header = "a")] a: u8, #[carrier(b)] b: u8, #[carrier(header = "sw8" x)] c: u8, #[carrier] #[carrier(crate = a)] d: u8 }"#,
    );
    assert_eq!(
        messages,
        [
            "`#[carrier]` is not supported on a struct: put it on a field, or write `#[carrier(crate = PATH)]`",
            "unknown header `a`: expected one of `sw8`, `sw8-correlation`, `sw8-x`",
            "unknown argument `b`: a field accepts `header = \"..\"`, a struct `crate = PATH`",
            "unexpected token",
            "`crate` is not supported on a field: put it on the struct",
        ]
    );
    assert_eq!(carriers, [""; 0], "the runtime's path is unknown");
}

#[test]
fn error_is_reported_once_beside_both_traits() {
    for (item, message) in [
        ("enum A { B }", "expected a struct with named fields"),
        ("union A { b: u8 }", "expected a struct with named fields"),
        ("struct A(#[carrier] String);", "expected a struct with named fields"),
        ("struct A;", "expected a struct with named fields"),
        (
            "struct A { b: String }",
            "no carrier field: mark the field that holds the headers with `#[carrier]`",
        ),
        (
            "struct A {}",
            "no carrier field: mark the field that holds the headers with `#[carrier]`",
        ),
        (
            "struct A { #[carrier()] b: String }",
            "expected `#[carrier]` or `#[carrier(header = \"sw8\")]`",
        ),
        (
            "struct A { #[carrier = 1] b: String }",
            "expected `#[carrier]` or `#[carrier(header = \"sw8\")]`",
        ),
        ("struct A { #[carrier(header)] b: String }", "missing value: write `header = ..`"),
        ("struct A { #[carrier(header =)] b: String }", "missing value: write `header = ..`"),
        (
            "struct A { #[carrier(header = sw8)] b: String }",
            "expected a string: write `header = \"sw8\"`, or another of `sw8`, `sw8-correlation`, `sw8-x`",
        ),
        (
            "struct A { #[carrier(head)] b: String }",
            "unknown argument `head`: a field accepts `header = \"..\"`, a struct `crate = PATH`",
        ),
        (
            "struct A { #[carrier] #[carrier] b: String }",
            "conflicting carrier fields: mark one field with `#[carrier]`, or one field for each header with `#[carrier(header = \"..\")]`",
        ),
        (
            "struct A { #[carrier(header = \"sw8\")] b: String, #[carrier] c: String }",
            "conflicting carrier fields: mark one field with `#[carrier]`, or one field for each header with `#[carrier(header = \"..\")]`",
        ),
        (
            "struct A { #[carrier(header = \"sw8\")] b: String, #[carrier(header = \"sw8\")] c: String }",
            "duplicate field for the header `sw8`: remove one of them",
        ),
    ] {
        let (messages, carriers) = derived(item);
        assert_eq!(messages, [message], "{item}");
        assert_eq!(carriers, ["A", "A"], "{item}");
    }
}

#[test]
fn invalid_crate_is_the_only_error() {
    for (attribute, message) in [
        ("#[carrier(crate = \"agent\")]", "expected a path without quotes"),
        (
            "#[carrier(header = \"sw8\")]",
            "`header` is not supported on a struct: put it on a field",
        ),
        ("#[carrier(crate)]", "missing value: write `crate = ..`"),
    ] {
        assert_eq!(
            derived(&format!("{attribute} struct A {{ #[carrier] b: String }}")),
            (vec![message.to_owned()], Vec::new())
        );
    }
    let (messages, carriers) =
        derived("#[carrier(crate = a)] #[carrier(crate = b)] struct A { #[carrier] b: String }");
    assert_eq!(messages, ["duplicate argument `crate`", "`crate` is already set here"]);
    assert_eq!(carriers, ["A", "A"]);
}

#[test]
fn non_type_is_a_syn_error() {
    let (messages, carriers) = derived("fn a() {}");
    assert_eq!((messages.len(), carriers.len()), (1, 0));
}

#[test]
fn fallback_keeps_generics_without_bounds() {
    insta::assert_snapshot!(formatted(carrier::derive(tokens(
        "struct Request<'a, H: Clone, const N: usize> where H: 'a { headers: &'a [H; N] }"
    ))));
}

#[test]
fn associated_type_field_has_bounds() {
    insta::assert_snapshot!(formatted(carrier::derive(tokens(
        r#"struct Framed<P: Protocol> { #[carrier(header = "sw8")] trace: P::Text, #[carrier(header = "sw8-x")] r#extension: Option<String> }"#
    ))));
}
