//! Every refusal leaves the item standing. The messages and their places are held by the room `trybuild`; here are the rules that its files cannot show.

use quote::ToTokens as _;

use super::{expanded, tokens};
use crate::args::Kind::{self, Entry, Exit, Local};
use crate::expand::{self, Switch};

/// What is said, in order.
fn said(kind: Kind, args: &str, item: &str) -> Vec<String> {
    let out = expand::attribute(kind, tokens(args), tokens(item), Switch::On);
    let item = tokens(item).to_string();
    assert!(out.to_string().starts_with(&item), "the item must stand: {out}");
    messages(&out.to_string()[item.len()..])
}

fn messages(errors: &str) -> Vec<String> {
    let macros: syn::File = syn::parse_str(errors).unwrap();
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
fn the_item_stands_beside_every_error() {
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
        assert_ne!(said(kind, args, item), [""; 0], "{args} on {item}");
    }
}

#[test]
fn nothing_at_all_is_no_function() {
    let out = expand::attribute(Local, tokens(""), tokens(""), Switch::On);
    assert_eq!(messages(&out.to_string()), ["expected a function or an impl block"]);
}

#[test]
fn one_fault_does_not_hide_the_next() {
    assert_eq!(
        said(Exit, r#"layer = htp, layer = "rpc", peer = 1, name = f::<A, B>(x)?, component = 99999999999, 5"#, "fn f() {}"),
        [
            "unknown layer `htp`; one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "`layer` is given twice",
            "`layer` is given here already",
            "write the layer without quotes; one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "a peer is text: write `peer = \"..\"`",
            "an argument is computed outside the body, while the span opens: no `?` here",
            "component id does not fit in `i32`",
            "write `name = 5`",
        ]
    );
}

#[test]
fn after_a_missing_comma_the_next_argument_is_read() {
    assert_eq!(said(Exit, r#"peer = "a" layer = htp"#, "fn f() {}").len(), 2);
    assert_eq!(said(Exit, r#"peer = "a" b c = d, name = """#, "fn f() {}"), ["expected `,`", "`name` must not be empty"]);
}

#[test]
fn a_closure_and_an_async_block_may_leave_themselves() {
    expanded(
        Local,
        r#"tags("a" = xs.iter().map(|x| x?).count(), "b" = move || { return 1 }, "c" = a | b, "d" = async move { x.await? })"#,
        "fn f() {}",
    );
    assert_eq!(said(Local, r#"tags("a" = a || b?, "b" = f(|x| x?, y?))"#, "fn f() {}").len(), 2);
}

#[test]
fn a_trailing_comma_is_no_fault() {
    let with = expanded(Local, "name = \"a\", tags(a, \"b\" = 1,),", "fn f(a: u8) {}");
    assert_eq!(with, expanded(Local, "name = \"a\", tags(a, \"b\" = 1)", "fn f(a: u8) {}"));
}

#[test]
fn a_function_that_makes_a_future_otherwise_than_async_trait_is_refused() {
    for body in [
        "{ log(); Box::pin(async move { 1 }) }",
        "{ Box::pin(async { 1 }) }",
        "{ MyBox::pin(async move { 1 }) }",
        "{ Box::pin(async move { 1 }); }",
    ] {
        let function = format!("fn f() -> Pin<Box<dyn Future<Output = u8>>> {body}");
        assert_eq!(
            said(Local, "", &function),
            ["the span would end before the future runs: add `covers = future`, or `covers = call` to time only this call"],
            "{body}"
        );
    }
}
