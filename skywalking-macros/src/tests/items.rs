//! How functions and impl blocks are emitted: names, fragments, and what stays unchanged.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::{expanded, tokens};
use crate::expand;
use crate::kind::Kind::Local;

/// Returns the text without whitespace.
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn disabled_item_is_validated_and_unchanged() {
    let item = "async fn f(a : u8) -> Result < u8 , E > { not valid rust }";
    let off = |args: &str, item: &str| {
        expand::attribute(Local, tokens(args), tokens(item), false).into_tokens().to_string()
    };
    let item = tokens(item).to_string();

    for args in ["", "name = \"n\", tags(\"k\" = 1), err(Debug)"] {
        assert_eq!(off(args, &item), item, "{args}");
    }
    let block = tokens(&format!("impl A {{ {item} }}")).to_string();
    assert_eq!(off("names = \"{fn}\"", &block), block);
    assert!(off("nam = 1", &item).starts_with(&item));
    assert!(off("nam = 1", &item).contains("did you mean `name`?"));
}

#[test]
fn disabled_item_uses_names_in_arguments_without_running_them() {
    let body = "{ not valid rust }";
    for item in [format!("async fn f(a: u8) {body}"), format!("impl A {{ fn f(a: u8) {body} }}")] {
        let off = expand::attribute(Local, tokens("tags(a)"), tokens(&item), false);
        let off = off.into_tokens().to_string();

        assert!(off.contains("if false { let _ = & a ;"), "{off}");
        assert_eq!(off.matches(&tokens(body).to_string()).count(), 1, "{off}");
        assert!(!off.contains("Callsite") && !off.contains("clippy)"), "{off}");
    }
}

#[test]
fn body_is_emitted_unchanged() {
    let body = "{ this is { not ( rust , ) } at all ! }";
    for head in [
        "fn f ()",
        "fn f () -> Result < () , E >",
        "async fn f ()",
        "async fn f () -> Result < () , E >",
    ] {
        let out = expand::attribute(Local, tokens(""), tokens(&format!("{head} {body}")), true)
            .into_traced()
            .to_string();
        assert!(out.starts_with(&format!("{} {{", tokens(head))), "{out}");
        assert_eq!(out.matches(&tokens(body).to_string()).count(), 1, "{out}");
    }
}

#[test]
fn output_has_an_item_for_each_build() {
    let both = expand::attribute(Local, tokens(""), tokens("fn f() { g() }"), true)
        .into_tokens()
        .to_string();
    assert!(both.starts_with("# [cfg (not (clippy))] fn f () {"), "{both}");
    assert!(both.ends_with("# [cfg (clippy)] fn f () { g () }"), "{both}");
    let off = expand::attribute(Local, tokens(""), tokens("fn f() { g() }"), false)
        .into_tokens()
        .to_string();
    assert_eq!(off, "fn f () { g () }");
    let refused = expand::attribute(Local, tokens("nam = 1"), tokens("fn f() { g() }"), true)
        .into_tokens()
        .to_string();
    assert!(refused.starts_with("fn f () { g () }"), "{refused}");
}

#[test]
fn impl_block_names_use_the_type() {
    for (ty, name) in [
        ("Type", "Type"),
        ("a::Type<T>", "Type"),
        ("&'a [u8]", "[u8]"),
        ("(A, B)", "(A,B)"),
        ("[Box<dyn Tr>; 2]", "[Box<dyn Tr>;2]"),
        ("dyn a::Trait<T> + Send", "Trait"),
        ("r#type", "type"),
    ] {
        let out = expanded(Local, "", &format!("impl {ty} {{ fn f() {{}} }}"));
        let name = packed(name);
        assert!(
            packed(&out).contains(&format!(
                r#"::core::concat!(::core::module_path!(),"::","{name}","::","f")"#
            )),
            "{out}"
        );
    }
}

#[test]
fn block_argument_sets_name_and_runtime() {
    let out = expanded(Local, "__block(::core::concat!(\"a\", \"b\"), crate = agent)", "fn f() {}");
    assert!(
        packed(&out)
            .contains(r#"::located(agent::__private::SpanKind::Local,::core::concat!("a","b"),"#),
        "{out}"
    );
    let out =
        expanded(Local, "name = \"own\", crate = mine, __block(\"a\", crate = agent)", "fn f() {}");
    assert!(packed(&out).contains(r#"::located(mine::__private::SpanKind::Local,"own","#), "{out}");
}

#[test]
fn fragment_arguments_are_ungrouped() {
    let grouped =
        |text: &str| TokenStream::from(TokenTree::Group(Group::new(Delimiter::None, tokens(text))));
    let (closure, path, key) = (grouped("|r| r.len()"), grouped("reasons::of"), grouped("\"a\""));
    let args = quote!(ret_tags(#key = #closure), err(#path));
    let out =
        expand::attribute(Local, args, tokens("fn f() -> Vec<u8> { g() }"), true).into_traced();
    let plain = expand::attribute(
        Local,
        tokens("ret_tags(\"a\" = |r| r.len()), err(reasons::of)"),
        tokens("fn f() -> Vec<u8> { g() }"),
        true,
    )
    .into_traced();
    assert_eq!(packed(&out.to_string()), packed(&plain.to_string()));
}

#[test]
fn impl_block_fragment_functions_are_traced() {
    let grouped = |text: &str| TokenTree::Group(Group::new(Delimiter::None, tokens(text)));
    let (one, vis, two) =
        (grouped("fn one(&self) {}"), grouped("pub(crate)"), grouped("{ body() }"));
    let block = quote!(impl A { #one #vis fn two(&self) #two });
    let out = expand::attribute(Local, tokens(""), block, true).into_traced().to_string();
    assert_eq!(out.matches("Scope :: open").count(), 2, "{out}");
}

#[test]
fn impl_block_incomplete_function_is_kept() {
    let half = "impl A { fn a ( & self ) { } fn b ( & self) -> { 1 } pub f ; # [skip_span] fn d ( ) { } const X : }";
    let out = expand::attribute(Local, tokens(""), tokens(half), true).into_traced().to_string();
    // `#[skip_span]` needs its argument. Without it the block is unchanged.
    assert!(
        out.contains("fn b (& self) -> { 1 } pub f ; # [skip_span (__seen)] fn d () { } const X :"),
        "{out}"
    );
    assert!(out.contains("Scope :: open"), "{out}");
    let half = half.replace("# [skip_span] ", "");
    assert_eq!(
        expand::attribute(Local, tokens(""), tokens(&half), true).into_traced().to_string(),
        tokens(&half).to_string()
    );
}

#[test]
fn disabled_block_only_adds_its_hidden_arguments() {
    let block =
        "impl A { # [local_span (nam = 1)] fn a () { } # [skip_span] fn b () { } fn c () { } }";
    let off = |args: &str| {
        expand::attribute(Local, tokens(args), tokens(block), false).into_traced().to_string()
    };
    let marked = tokens(&block.replace("skip_span", "skip_span (__seen)")).to_string();
    // Its own attributes need the block's `crate`.
    let own = "nam = 1 , __block (:: core :: concat ! (:: core :: module_path ! () , \"::\" , \"A\" , \"::\" , \"a\") , crate = agent)";
    assert_eq!(off("crate = agent"), marked.replace("nam = 1", own));
    assert!(off("name = \"a\"").starts_with(&marked));
    assert!(off("name = \"a\"").contains("is not supported on an impl block"));
}

#[test]
fn skip_span_needs_the_block_argument() {
    assert_eq!(
        expand::skip_span(&tokens("__seen"), tokens("fn f() {}")).to_string(),
        "fn f () { }"
    );
    assert!(
        expand::skip_span(&tokens(""), tokens("fn f() {}"))
            .to_string()
            .contains("is only supported inside an impl block")
    );
}
