//! A traced future is at most 64 bytes larger than the plain one and its captures. Evaluated
//! arguments are not stored.

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

macro_rules! both {
    ($name:ident: #[$attr:meta] ($($params:tt)*) -> $ret:ty $body:block, ($($args:expr),*), $captured:expr, $spans:literal) => {
        #[test]
        fn $name() {
            async fn plain($($params)*) -> $ret $body
            #[$attr]
            async fn traced($($params)*) -> $ret $body
            let (without, with) = (size_of_val(&plain($($args),*)), size_of_val(&traced($($args),*)));
            assert!(with <= without + 64 + $captured, "{without} bytes became {with}");
            spans(|| block_on(traced($($args),*))).are($spans);
        }
    };
}

async fn rest() {
    std::future::ready(()).await;
}

both! {
    of_nothing: #[local_span(name = "nothing")] () -> () { rest().await; }, (), 0, "Local nothing"
}

both! {
    of_one_argument: #[local_span(name = "one")] (big: [u8; 256]) -> usize { rest().await; big.len() }, ([0; 256]), 256, "Local one"
}

both! {
    with_err: #[local_span(name = "err")] (a: String, b: [u8; 64]) -> Result<usize, String> { rest().await; Ok(a.len() + b.len()) },
    (String::new(), [0; 64]), size_of::<(String, [u8; 64])>(), "Local err"
}

both! {
    with_computed_arguments: #[entry_span(name = format!("{b}"), extract = a, tags("a" = a.len(), "big" = ?[0_u64; 2]))]
    (a: String, b: &str) -> usize { rest().await; a.len() + b.len() },
    (String::new(), "b"), size_of::<(String, &str)>(), "Entry b {a=0, big=[0, 0]}"
}

both! {
    with_an_injected_message: #[exit_span(name = "sent", peer = peer, inject = message)]
    (mut message: String, peer: &str) -> usize { rest().await; message.clear(); peer.len() },
    (String::new(), "a:1"), size_of::<(String, &str)>(), "Exit sent peer=a:1"
}
