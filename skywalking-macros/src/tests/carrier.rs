//! What the derive says of a struct that it can't read, and what stands in for its carrier.

use quote::ToTokens as _;

use super::{formatted, tokens};
use crate::carrier;

/// What is said of the struct, in order, and the names of the types that are carriers all the same.
fn said(item: &str) -> (Vec<String>, Vec<String>) {
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
    let (messages, carriers) = said(
        r#"#[carrier] struct A { #[carrier(header = "a")] a: u8, #[carrier(b)] b: u8, #[carrier(header = "sw8" x)] c: u8, #[carrier] #[carrier(crate = a)] d: u8 }"#,
    );
    assert_eq!(
        messages,
        [
            "`#[carrier]` belongs to a field; a struct takes `#[carrier(crate = PATH)]`",
            "unknown header `a`; one of `sw8`, `sw8-correlation`, `sw8-x`",
            "unknown argument `b`; a field takes `header = \"..\"`, a struct `crate = PATH`",
            "expected nothing more here",
            "`crate` belongs to the struct",
        ]
    );
    assert_eq!(carriers, [""; 0], "its runtime is not known");
}

#[test]
fn error_is_reported_once_beside_both_traits() {
    for (item, message) in [
        ("enum A { B }", "expected a struct with named fields"),
        ("union A { b: u8 }", "expected a struct with named fields"),
        ("struct A(#[carrier] String);", "expected a struct with named fields"),
        ("struct A;", "expected a struct with named fields"),
        ("struct A { b: String }", "mark the field that carries the headers with `#[carrier]`"),
        ("struct A {}", "mark the field that carries the headers with `#[carrier]`"),
        (
            "struct A { #[carrier()] b: String }",
            "write `#[carrier]` or `#[carrier(header = \"sw8\")]`",
        ),
        (
            "struct A { #[carrier = 1] b: String }",
            "write `#[carrier]` or `#[carrier(header = \"sw8\")]`",
        ),
        (
            "struct A { #[carrier(header)] b: String }",
            "`header` needs a value: write `header = ..`",
        ),
        (
            "struct A { #[carrier(header =)] b: String }",
            "`header` needs a value: write `header = ..`",
        ),
        (
            "struct A { #[carrier(header = sw8)] b: String }",
            "write the header as a string: `header = \"sw8\"`; one of `sw8`, `sw8-correlation`, `sw8-x`",
        ),
        (
            "struct A { #[carrier(head)] b: String }",
            "unknown argument `head`; a field takes `header = \"..\"`, a struct `crate = PATH`",
        ),
        (
            "struct A { #[carrier] #[carrier] b: String }",
            "the headers have a field already: one `#[carrier]`, or one field for each header",
        ),
        (
            "struct A { #[carrier(header = \"sw8\")] b: String, #[carrier] c: String }",
            "the headers have a field already: one `#[carrier]`, or one field for each header",
        ),
        (
            "struct A { #[carrier(header = \"sw8\")] b: String, #[carrier(header = \"sw8\")] c: String }",
            "the header `sw8` has a field already",
        ),
    ] {
        let (messages, carriers) = said(item);
        assert_eq!(messages, [message], "{item}");
        assert_eq!(carriers, ["A", "A"], "{item}");
    }
}

#[test]
fn invalid_crate_is_the_only_error() {
    for (attribute, message) in [
        ("#[carrier(crate = \"agent\")]", "expected a path, without quotes"),
        ("#[carrier(header = \"sw8\")]", "`header` belongs to a field"),
        ("#[carrier(crate)]", "`crate` needs a value: write `crate = ..`"),
    ] {
        assert_eq!(
            said(&format!("{attribute} struct A {{ #[carrier] b: String }}")),
            (vec![message.to_owned()], Vec::new())
        );
    }
    let (messages, carriers) =
        said("#[carrier(crate = a)] #[carrier(crate = b)] struct A { #[carrier] b: String }");
    assert_eq!(messages, ["`crate` is given twice", "`crate` is given here already"]);
    assert_eq!(carriers, ["A", "A"]);
}

#[test]
fn non_type_is_a_syn_error() {
    let (messages, carriers) = said("fn a() {}");
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
