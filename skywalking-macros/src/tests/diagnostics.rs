//! Errors: their messages, and the item beside them. The cases in `trybuild/fail` check their spans.

mod impl_blocks;
mod keys;

use quote::ToTokens as _;

use super::{expanded, tokens};
use crate::expand;
use crate::kind::Kind::{self, Entry, Exit, Local};

/// Returns the messages, in order. They are the same with and without `enabled`, and the item is
/// emitted.
fn errors(kind: Kind, args: &str, item: &str) -> Vec<String> {
    let out = expand::attribute(kind, tokens(args), tokens(item), true).into_traced();
    let off = expand::attribute(kind, tokens(args), tokens(item), false).into_traced();
    assert_eq!(out.to_string(), off.to_string());
    let item = tokens(item).to_string();
    assert!(out.to_string().starts_with(&item), "the item is missing: {out}");
    messages(&out.to_string()[item.len()..])
}

fn messages(output: &str) -> Vec<String> {
    let macros: syn::File = syn::parse_str(output).unwrap();
    macros
        .items
        .iter()
        .map(|item| {
            let syn::Item::Macro(call) = item else { panic!("{}", item.to_token_stream()) };
            syn::parse2::<syn::LitStr>(call.mac.tokens.clone()).unwrap().value()
        })
        .collect()
}

#[test]
fn item_is_emitted_beside_errors() {
    for (kind, args, item) in [
        (Exit, "", "fn f() {}"),
        (Local, "name", "fn f() { not rust }"),
        (Local, "= = =", "fn f() {}"),
        (Local, ",", "fn f() {}"),
        (Local, "tags(1 2 3, , \"a\" \"b\")", "fn f() {}"),
        (Entry, "", "struct A;"),
        (Entry, "name = \"a\"", "impl A {}"),
        (Exit, "", "impl A {}"),
        (Entry, "", "fn f();"),
        (Entry, "", "fn f(a b) {}"),
        (Entry, "", "let a = 1;"),
        (Entry, "", "const fn f() {}"),
    ] {
        assert_ne!(errors(kind, args, item), [""; 0], "{args} on {item}");
    }
}

#[test]
fn empty_item_is_an_error() {
    let out = expand::attribute(Local, tokens(""), tokens(""), true).into_traced();
    assert_eq!(messages(&out.to_string()), ["expected a function or an impl block"]);
}

#[test]
fn all_errors_are_reported() {
    assert_eq!(
        errors(
            Exit,
            r#"layer = htp, layer = "rpc", peer = 1, name = f::<A, B>(x)?, component = 99999999999, 5"#,
            "fn f() {}"
        ),
        [
            "unknown layer `htp`: expected one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "duplicate argument `layer`",
            "`layer` is already set here",
            "expected a layer without quotes: one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "expected a string: write `peer = \"..\"`",
            "`?` is not allowed here: attribute arguments are evaluated outside the function body",
            "component id does not fit in `i32`",
            "positional arguments are not supported: write `name = 5`",
        ]
    );
}

#[test]
fn parsing_continues_after_a_missing_comma() {
    assert_eq!(errors(Exit, r#"peer = "a" layer = htp"#, "fn f() {}").len(), 2);
    assert_eq!(
        errors(Exit, r#"peer = "a" b c = d, name = """#, "fn f() {}"),
        ["expected `,`", "`name` must not be empty"]
    );
}

#[test]
fn control_flow_in_closure_or_async_block() {
    expanded(
        Local,
        r#"tags("a" = xs.iter().map(|x| x?).count(), "b" = move || { return 1 }, "c" = a | b, "d" = async move { x.await? })"#,
        "fn f() {}",
    );
    assert_eq!(errors(Local, r#"tags("a" = a || b?, "b" = f(|x| x?, y?))"#, "fn f() {}").len(), 2);
}

#[test]
fn control_flow_in_nested_closure_or_fn() {
    for args in [
        r#"tags("a" = v.iter().fold(Some(0), |a, b| Some(a? + b)))"#,
        r#"tags("a" = v.is_sorted_by(|a, b| { if a > b { return false; } true }))"#,
        r#"tags("a" = f(move |(a, b), c: u8| a?, || b?))"#,
        r#"tags("a" = { fn g() -> Option<u8> { None?; Some(1) } g().is_some() })"#,
    ] {
        expanded(Local, args, "fn f() {}");
    }
    assert_eq!(errors(Local, r#"tags("a" = f(|a, b| a, c?))"#, "fn f() {}").len(), 1);
}

#[test]
fn trailing_comma_is_accepted() {
    let with = expanded(Local, "name = \"a\", tags(a, \"b\" = 1,),", "fn f(a: u8) {}");
    assert_eq!(with, expanded(Local, "name = \"a\", tags(a, \"b\" = 1)", "fn f(a: u8) {}"));
}
