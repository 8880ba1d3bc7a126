//! The emitted code of each kind of function, as snapshots.

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

/// Returns the item that clippy reads, formatted.
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
