//! The emitted code of each kind of function, as snapshots.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::{expanded, expanded_method, formatted, tokens};
use crate::carrier;
use crate::expand;
use crate::kind::Kind::{self, Entry, Exit, Local};

#[test]
fn sync_fn() {
    insta::assert_snapshot!(expanded(Local, "", "pub fn plan(user: u64) -> u64 { user + 1 }"));
}

#[test]
fn sync_fn_returning_result() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "fn read<'a>(path: &'a str, mut from: usize, unused: u8, _kept: Lock) -> std::io::Result<impl Iterator<Item = &'a str>> { from += 1; open(path)?.from(from) }",
    ));
}

#[test]
fn async_fn() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "async fn plan(user: u64, (a, b): (u8, u8)) -> Box<dyn Display> { Box::new(user + a + b) }"
    ));
}

#[test]
fn async_fn_returning_result() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "async fn plan(a: u8, mut b: u8, c: u8) -> Result<impl Sized, Error> { b += a; Ok(b + c) }"
    ));
}

#[test]
fn no_err_has_no_hook() {
    insta::assert_snapshot!(expanded(
        Local,
        "no_err",
        "async fn plan() -> Result<u8, Error> { Ok(1) }"
    ));
}

#[test]
fn err_requires_result_of_alias() {
    insta::assert_snapshot!(expanded(Local, "err", "fn plan() -> Answer { Ok(1) }"));
}

#[test]
fn track_caller_disables_default_err() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "#[track_caller] fn plan() -> Result<u8, Error> { Ok(1) }"
    ));
}

#[test]
fn literals_are_in_the_callsite() {
    insta::assert_snapshot!(expanded(
        Exit,
        r#"name = "/a", peer = "b:1", component = 0x1F, layer = genai, tags("text" = "t", "float" = 1.0, "char" = 'c', "bool" = true, "minus" = -3, "quoted" = ?"t")"#,
        "fn f() {}",
    ));
}

#[test]
fn expressions_are_evaluated_when_recording() {
    insta::assert_snapshot!(expanded(
        Exit,
        r#"name = format!("/{a}"), peer = a + b, component = components::TOKIO, tags(a, "plain" = a.len(), "display" = %b, "debug" = ?b)"#,
        "fn f(a: &str, b: &str) {}",
    ));
}

#[test]
fn extract_precedes_the_span() {
    insta::assert_snapshot!(expanded(
        Entry,
        "extract = &message.headers",
        "async fn f(message: Message) {}"
    ));
}

#[test]
fn inject_follows_the_span() {
    insta::assert_snapshot!(expanded_method(
        Exit,
        "peer = self.address, inject = message",
        "async fn f(&self, mut message: Message) { self.send(message).await }"
    ));
}

#[test]
fn crate_sets_the_runtime_path() {
    insta::assert_snapshot!(expanded(Local, "crate = crate::agent, tags(a)", "fn f(a: u8) {}"));
}

#[test]
fn parameter_cfg_is_on_each_use() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "async fn f(#[cfg(windows)] a: A, #[cfg(unix)] mut b: B, #[cfg(unix)] c: C) { g(a, b, c) }"
    ));
}

#[test]
fn never_type_has_no_fake_return() {
    insta::assert_snapshot!(expanded(Local, "", "async fn f() -> ! { loop {} }"));
}

#[test]
fn async_trait_future_is_traced_in_its_box() {
    insta::assert_snapshot!(expanded_method(
        Local,
        "name = self.name",
        "fn f<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send + 'a>> { Box::pin(async move { let __self = self; Ok(__self.n) }) }",
    ));
}

#[test]
fn inner_attributes_move_to_the_new_body() {
    insta::assert_snapshot!(expanded(
        Local,
        "",
        "fn f(unused: u8) { #![allow(unused)] #![inline] let a = 1; }"
    ));
}

#[test]
fn disabled_item_is_validated_and_unchanged() {
    let item = "async fn f(a : u8) -> Result < u8 , E > { not valid rust }";
    let off = |args: &str| {
        expand::attribute(Local, tokens(args), tokens(item), false).into_traced().to_string()
    };
    assert_eq!(off("tags(a)"), tokens(item).to_string());
    assert!(off("nam = 1").starts_with(&tokens(item).to_string()));
    assert!(off("nam = 1").contains("did you mean `name`?"));
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
fn extract_each_takes_the_iterator() {
    insta::assert_snapshot!(expanded(
        Entry,
        "extract_each = batch.iter().map(|message| &message.headers)",
        "fn f(batch: &[Message]) {}"
    ));
}

#[test]
fn ret_tags_are_in_the_hook() {
    insta::assert_snapshot!(expanded(
        Local,
        r#"no_err, ret_tags("rows" = |r| r.len(), "first" = %|Rows { first, .. }| first, "all" = ?|r: &Rows| &r.all, "sum" = Rows::sum)"#,
        "async fn f() -> Rows { rows() }"
    ));
}

#[test]
fn err_and_ret_tags_share_the_hook() {
    insta::assert_snapshot!(expanded(
        Local,
        r#"ret_tags("n" = |n| n)"#,
        "fn f(&self, n: &mut u8) -> Result<u8, E> { Ok(self.n + *n) }"
    ));
}

#[test]
fn err_forms() {
    for (name, form) in [
        ("display", "err(Display)"),
        ("debug", "err(Debug)"),
        ("function", "err(reasons::of::<u8>)"),
    ] {
        insta::assert_snapshot!(
            format!("err_by_{name}"),
            expanded(Local, form, "fn f() -> Result<u8, E> { g() }")
        );
    }
}

#[test]
fn err_ignore_compares_types() {
    insta::assert_snapshot!(expanded(
        Local,
        "err_ignore(NotFound, io::Error)",
        "async fn f() -> anyhow::Result<()> { g().await }"
    ));
}

#[test]
fn covers() {
    for (name, args, function) in [
        (
            "future",
            "covers = future, tags(n), name = n",
            "fn f(n: u8) -> impl Future<Output = Result<u8, E>> + Send { if n == 0 { return g(n) } g(n + 1) }",
        ),
        (
            "boxed_future",
            "covers = future",
            "fn f(&self) -> Box<dyn Future<Output = u8> + Unpin + '_> { g(self) }",
        ),
        (
            "pinned_future",
            "covers = future, ret_tags(\"n\" = |n| n)",
            "fn f(&mut self) -> BoxFuture<'_, u8> { g(self) }",
        ),
        (
            "stream",
            "covers = stream, extract = headers",
            "fn f(headers: &Headers) -> impl Stream<Item = u8> { g() }",
        ),
        (
            "stream_of_results",
            "covers = stream",
            "fn f() -> impl Stream<Item = Result<u8, E>> { g() }",
        ),
        ("alias_of_a_future", "covers = future, no_err", "fn f() -> Self::Future { g() }"),
        ("alias_of_a_stream", "covers = stream", "fn f() -> Rows<'_> { g() }"),
        ("boxed_opaque", "covers = future", "fn f() -> Pin<Box<impl Future<Output = u8>>> { g() }"),
        (
            "call",
            "covers = call",
            "fn f() -> Pin<Box<dyn Future<Output = u8>>> { Box::pin(async move { 1 }) }",
        ),
    ] {
        let kind = if name == "stream" { Entry } else { Local };
        insta::assert_snapshot!(format!("covers_{name}"), expanded_method(kind, args, function));
    }
}

#[test]
fn logic_endpoint_is_a_literal_tag() {
    insta::assert_snapshot!(expanded(Local, "logic_endpoint, tags(\"a\" = 1)", "fn f() {}"));
}

#[test]
fn impl_block_traces_each_function() {
    insta::assert_snapshot!(expanded(
        Exit,
        r#"peer = self.peer, crate = agent, err(Debug), names = "{module}/{trait}.{type}.{fn}{{}}""#,
        r#"
        impl<T: Clone> Calls for &mut clients::Client<'_, T> {
            #![allow(clippy::all)]
            const N: usize = { 3 };
            type Answer = u8;
            made_by_macro! { fn not_ours() {} }
            also_made!(x);
            /// Its documentation.
            pub(crate) async fn find(&self) -> u8 { 1 }
            fn try_find(&self) -> Result<u8, E> { Ok(1) }
            #[skip_span] const fn plain(&self) -> [u8; { 3 }] { [1; 3] }
            #[inline] #[runtime::local_span(tags("a" = 1))] fn own(&self) {}
            #[local_span] fn bare(&self) {}
            #[entry_span(name = "n",)] unsafe extern "C" fn comma(&self) {}
        }"#,
    ));
}

/// The item that clippy reads, formatted.
fn for_clippy(kind: Kind, args: &str, item: &str) -> String {
    formatted(expand::attribute(kind, tokens(args), tokens(item), true).into_clippy())
}

#[test]
fn clippy_item_is_as_written() {
    let function = "pub async fn f(mut a: u8, _b: u8) -> Result<u8, E> { a += 1; Ok(a) }";
    let block =
        format!("impl A {{ {function} #[cfg(x)] const fn g() {{}} }}").replace("const ", "");
    for (args, item) in [
        ("", function),
        (
            "name = \"a\", tags(\"b\" = 1, \"c\" = format!(\"{}\", 1)), err(Debug), ret_tags(\"d\" = ?|_| Some(1))",
            function,
        ),
        ("names = \"{fn}\", tags(\"b\" = 1)", &block),
    ] {
        assert_eq!(for_clippy(Local, args, item), formatted(tokens(item)), "{args}");
    }
}

#[test]
fn clippy_item_uses_names_in_arguments() {
    insta::assert_snapshot!(for_clippy(
        Exit,
        "name = label(a), peer = \"b:1\", component = components::TOKIO, inject = req, tags(a, \"c\" = 1), err(reason), ret_tags(\"n\" = |n| n + a)",
        "fn f(a: u8, mut req: Req) -> Result<u8, E> { #![allow(unused)] g(a) }",
    ));
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

/// The text without whitespace.
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
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
fn disabled_block_only_marks_skip_span() {
    let block =
        "impl A { # [local_span (nam = 1)] fn a () { } # [skip_span] fn b () { } fn c () { } }";
    let off = |args: &str| {
        expand::attribute(Local, tokens(args), tokens(block), false).into_traced().to_string()
    };
    let marked = tokens(&block.replace("skip_span", "skip_span (__seen)")).to_string();
    assert_eq!(off(""), marked);
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

#[test]
fn carrier_delegates_to_its_field() {
    insta::assert_snapshot!(formatted(carrier::derive(tokens(
        "struct Request { a: i32, #[carrier] #[serde(default)] header: String }"
    ))));
}

#[test]
fn carrier_generic_field_has_bounds() {
    insta::assert_snapshot!(formatted(carrier::derive(tokens(
        "#[carrier(crate = agent)] struct Request<'a, H: Clone, const N: usize> where H: 'a { #[carrier] headers: Box<H>, rest: [&'a u8; N] }"
    ))));
}

#[test]
fn carrier_has_an_arm_for_each_header() {
    insta::assert_snapshot!(formatted(carrier::derive(tokens(
        r#"struct Request { #[carrier(header = "sw8")] a: String, #[carrier(header = "sw8-correlation")] b: Option<String> }"#
    ))));
}
