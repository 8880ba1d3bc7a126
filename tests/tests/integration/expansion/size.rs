//! An annotated future is at most 64 bytes larger than the plain one and the arguments that it
//! captures.

use futures::Stream;
use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::expansion::loud::wait;

/// The allowed size in addition to the plain future and its arguments.
const ALLOWED: usize = 64;

/// Returns the size of a future with one attribute, or with none.
macro_rules! size {
    ({($($param:ident: $ty:ty = $arg:expr),*) ($($params:tt)*) -> $ret:ty $body:block} $(#[$attr:meta])?) => {{
        $(#[$attr])?
        async fn made($($params)*) -> $ret $body
        size_of_val(&made($($arg),*))
    }};
}

macro_rules! captured {
    ({($($param:ident: $ty:ty = $arg:expr),*) $($function:tt)*}) => { 0 $(+ size_of::<$ty>())* };
}

macro_rules! sizes {
    ($($name:ident [$(#[$attr:meta])+] $shape:tt)*) => {
        $(#[test]
        fn $name() {
            let (plain, captured) = (size!($shape), captured!($shape));
            sizes!(each plain captured $shape $(#[$attr])+);
        })*
    };
    (each $plain:ident $captured:ident $shape:tt $(#[$attr:meta])+) => {
        for (attribute, traced) in [$((stringify!($attr), size!($shape #[$attr]))),+] {
            println!("{attribute}: plain {}, captured {}, traced {traced}", $plain, $captured);
            assert!(traced <= $plain + $captured + ALLOWED, "{attribute}: {} and {} bytes became {traced}", $plain, $captured);
        }
    };
}

sizes! {
    of_nothing [
        #[local_span]
        #[entry_span(name = format!("/{}", 1))]
        #[exit_span(peer = format!("{}", 1), tags("k" = [0_u64; 32].len()))]
        #[local_span(ret_tags("k" = |_| 1))]
    ] {
        () () -> u8 { wait().await; 1 }
    }
    of_a_big_argument [
        #[local_span]
        #[local_span(tags("a" = a.len()))]
        #[entry_span(extract = String::new(), name = a.len())]
        #[local_span(ret_tags("k" = |n| n))]
    ] {
        (a: [u8; 256] = [0; 256]) (a: [u8; 256]) -> usize { wait().await; a.len() }
    }
    of_a_big_mut_argument [#[local_span] #[local_span(tags("a" = a.len()))]] {
        (a: [u8; 256] = [0; 256]) (mut a: [u8; 256]) -> usize { wait().await; a[0] = 1; a.len() }
    }
    of_a_big_argument_that_is_replaced [#[local_span] #[local_span(tags("a" = a.len()))]] {
        (a: [u8; 256] = [0; 256]) (mut a: [u8; 256]) -> usize { wait().await; if a[0] == 0 { a = [1; 256]; } wait().await; a.len() }
    }
    of_a_big_argument_that_is_moved [#[local_span] #[local_span(tags("a" = a.0.len()))]] {
        (a: ([u8; 256], String) = ([0; 256], String::new())) (a: ([u8; 256], String)) -> usize { wait().await; drop(a); wait().await; 1 }
    }
    of_several_arguments [#[local_span] #[exit_span(peer = b, inject = c, tags("a" = a, "d" = ?d))]] {
        (a: u64 = 1, b: &str = "b", c: String = String::new(), d: Option<[u8; 64]> = None)
        (a: u64, b: &str, mut c: String, d: Option<[u8; 64]>) -> usize {
            wait().await;
            c.clear();
            wait().await;
            b.len() + usize::from(a == 1 && d.is_none())
        }
    }
    of_a_mut_argument_first [#[local_span] #[local_span(no_err)]] {
        (a: Vec<&str> = vec![], b: [u8; 256] = [0; 256], c: String = String::new())
        (mut a: Vec<&str>, b: [u8; 256], c: String) -> Result<usize, String> { wait().await; a.clear(); Ok(b.len() + c.len()) }
    }
    of_a_result [
        #[local_span]
        #[local_span(err)]
        #[local_span(err(Debug), err_ignore(std::fmt::Error))]
        #[local_span(no_err)]
        #[local_span(ret_tags("k" = |n| n.len()))]
    ] {
        (a: [u8; 256] = [0; 256]) (a: [u8; 256]) -> Result<[u8; 256], Box<dyn std::error::Error>> { wait().await; Ok(a) }
    }
    of_what_lives_inside [#[local_span] #[local_span(tags("n" = n))]] {
        (n: u8 = 1) (n: u8) -> usize { let big = [n; 512]; wait().await; big.len() }
    }
    of_early_returns [#[local_span] #[local_span(ret_tags("k" = |n| n))]] {
        (a: [u8; 128] = [0; 128]) (a: [u8; 128]) -> Result<usize, String> {
            if a[0] == 1 { return Err(String::new()); }
            wait().await;
            let n: usize = "1".parse().map_err(|_| String::new())?;
            wait().await;
            Ok(n + a.len())
        }
    }
    of_arguments_that_are_not_used [#[local_span]] {
        (a: [u8; 256] = [0; 256], b: [u8; 256] = [0; 256]) (_: [u8; 256], _kept: [u8; 256]) -> u8 { wait().await; 1 }
    }
}

#[test]
fn of_a_chain_of_calls() {
    async fn plain_inner(a: [u8; 64]) -> usize {
        wait().await;
        a.len()
    }
    async fn plain(a: [u8; 64]) -> usize {
        plain_inner(a).await
    }
    #[local_span]
    async fn inner(a: [u8; 64]) -> usize {
        wait().await;
        a.len()
    }
    #[local_span]
    async fn outer(a: [u8; 64]) -> usize {
        inner(a).await
    }

    let (without, with) = (size_of_val(&plain([0; 64])), size_of_val(&outer([0; 64])));
    println!("{without} {with}");

    assert!(with <= without + 2 * (ALLOWED + 64), "{without} bytes became {with}");
}

#[test]
fn of_a_returned_future_or_stream() {
    #[allow(clippy::manual_async_fn, reason = "the test compares these")]
    fn plain(a: [u8; 64]) -> impl Future<Output = usize> {
        async move {
            wait().await;
            a.len()
        }
    }
    #[local_span(covers = future, tags("n" = a.len()))]
    fn traced(a: [u8; 64]) -> impl Future<Output = usize> {
        async move {
            wait().await;
            a.len()
        }
    }
    fn plain_stream(a: [u8; 64]) -> impl Stream<Item = u8> {
        futures::stream::iter(a)
    }
    #[local_span(covers = stream, tags("n" = a.len()))]
    fn stream(a: [u8; 64]) -> impl Stream<Item = u8> {
        futures::stream::iter(a)
    }

    // Our data is aligned to eight bytes, unlike that of the plain future.
    let aligned = |size: usize| size.next_multiple_of(align_of::<u64>());
    let (without, with) = (size_of_val(&plain([0; 64])), size_of_val(&traced([0; 64])));
    println!("{without} {with}");

    assert!(with <= aligned(without) + ALLOWED, "{without} bytes became {with}");

    let (without, with) = (size_of_val(&plain_stream([0; 64])), size_of_val(&stream([0; 64])));
    println!("{without} {with}");

    // A stream also counts its items.
    assert!(with <= aligned(without) + ALLOWED + 16, "{without} bytes became {with}");
}
