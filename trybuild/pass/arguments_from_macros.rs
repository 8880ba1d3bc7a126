//! Arguments that a macro generates, or that are a macro call.

use skywalking_runtime::{entry_span, exit_span};
use skywalking_trybuild::{block_on, spans_that_break};

macro_rules! endpoint {
    ($path:literal) => {
        concat!("/api/", $path)
    };
}

macro_rules! route {
    ($(#[$attr:meta])* $method:ident $path:literal => $name:ident) => {
        $(#[$attr])*
        #[entry_span(name = concat!(stringify!($method), ":", $path), layer = http)]
        fn $name() -> Result<&'static str, String> {
            Ok($path)
        }
    };
}

route!(
    /// Lists.
    GET "/users" => users
);

macro_rules! with_layer {
    ($layer:ident, $peer:expr, $($tag:literal = $value:expr),*) => {
        #[exit_span(name = "call", peer = $peer, layer = $layer, tags($($tag = $value),*))]
        async fn call() {}
    };
}

with_layer!(cache, format!("redis:{}", 6379), "a" = 1 + 1, "b" = "text", "c" = [1, 2].len());

macro_rules! returned {
    ($name:ident, $key:literal, $value:expr, $found:ident: $ret:ty = $body:expr, err($($form:tt)*), ignore($($ignored:ty),*)) => {
        #[exit_span(peer = "a:1", ret_tags($key = $value, "length" = |$found| $found.len()), err($($form)*), err_ignore($($ignored),*))]
        fn $name() -> Result<$ret, std::fmt::Error> {
            Ok($body)
        }
    };
}

returned!(returned_text, "text", |text| text.clone(), found: String = "found".to_owned(), err(Debug), ignore(u8, String));
returned!(returned_bytes, "empty", Vec::is_empty, found: Vec<u8> = vec![1], err(Debug), ignore(u8));

macro_rules! covered {
    ($covers:ident, $name:ident, $ret:ty = $value:expr) => {
        #[entry_span(covers = $covers)]
        fn $name() -> $ret {
            $value
        }
    };
}

covered!(future, covered_future, impl Future<Output = u8> = async { 1 });
covered!(call, covered_call, std::pin::Pin<Box<dyn Future<Output = u8>>> = Box::pin(async { 2 }));

#[entry_span(name = endpoint!("orders"), tags("path" = endpoint!("tag"), "env" = option_env!("SKYWALKING_NO_SUCH_VARIABLE").unwrap_or("none")))]
fn orders() {}

#[test]
fn are_evaluated() {
    // A macro generates the layer. The tags that the layer requires are missing.
    spans_that_break(&["tag-missing"], || {
        assert_eq!(users(), Ok("/users"));
        block_on(call());
        orders();
        assert_eq!(returned_text(), Ok("found".to_owned()));
        assert_eq!(returned_bytes(), Ok(vec![1]));
        assert_eq!((block_on(covered_future()), block_on(covered_call())), (1, 2));
    })
    .are(
        "
        Entry GET:/users layer=Http
        Exit call layer=Cache peer=redis:6379 {b=text, a=2, c=2}
        Entry /api/orders {path=/api/tag, env=none}
        Exit pass::arguments_from_macros::returned_text peer=a:1 {text=found, length=5}
        Exit pass::arguments_from_macros::returned_bytes peer=a:1 {empty=false, length=1}
        Entry pass::arguments_from_macros::covered_future
        Entry pass::arguments_from_macros::covered_call
        ",
    );
}
