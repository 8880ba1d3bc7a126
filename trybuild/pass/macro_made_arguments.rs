//! Arguments that come out of a macro, or are one.

use skywalking_runtime::{entry_span, exit_span};
use skywalking_trybuild::{block_on, spans};

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

#[entry_span(name = endpoint!("orders"), tags("path" = endpoint!("tag"), "env" = option_env!("SKYWALKING_NO_SUCH_VARIABLE").unwrap_or("none")))]
fn orders() {}

#[test]
fn are_computed() {
    spans(|| {
        assert_eq!(users(), Ok("/users"));
        block_on(call());
        orders();
    })
    .are(
        "
        Entry GET:/users layer=Http
        Exit call layer=Cache peer=redis:6379 {b=text, a=2, c=2}
        Entry /api/orders {path=/api/tag, env=none}
        ",
    );
}
