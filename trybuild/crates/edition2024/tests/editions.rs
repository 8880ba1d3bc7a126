//! Code whose meaning depends on the edition: what closures capture, when temporaries drop, which
//! lifetimes `impl Trait` captures, keywords, the prelude, and what an `unsafe fn` allows.
//! The crates `edition2018`, `edition2021` and `edition2024` compile this file.

#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the code under test is unusual")]

use std::cell::RefCell;
use std::convert::TryFrom;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use skywalking_runtime::{Carrier, entry_span, exit_span, local_span, skip_span};
use skywalking_trybuild::{block_on, quietly, spans};

#[derive(Carrier)]
struct Message<'a, T: ?Sized> {
    #[carrier]
    header: String,
    body: &'a T,
}

#[entry_span(name = "/orders", layer = http, extract = message, tags("len" = message.body.len(), "debug" = ?message.body))]
async fn entry(message: &Message<'_, str>) -> Result<usize, Box<dyn Error>> {
    let n: usize = message.body.parse()?;
    if n == 0 {
        return Err("zero".into());
    }
    let mut out = Message { header: String::new(), body: &n };
    exit(&mut out, "users:1").await;
    Ok(n)
}

#[exit_span(name = "find", peer = format_args!("{peer}"), layer = rpc, inject = message)]
async fn exit<T: Debug>(message: &mut Message<'_, T>, peer: impl Display) -> bool {
    std::future::ready(()).await;
    message.header.starts_with("sw8:")
}

#[test]
fn entry_exit_and_error() {
    spans(|| {
        let message = |body| Message { header: String::new(), body };
        assert_eq!(block_on(entry(&message("7"))).unwrap(), 7);
        assert!(block_on(entry(&message("0"))).is_err() && block_on(entry(&message("x"))).is_err());
    })
    .are(
        "
        Entry /orders layer=Http {len=1, debug=\\\"7\\\"}
          Exit find layer=RPCFramework peer=users:1
        Entry /orders layer=Http ERROR {len=1, debug=\\\"0\\\"} [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=zero]
        Entry /orders layer=Http ERROR {len=1, debug=\\\"x\\\"} [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=invalid digit found in string]
        ",
    );
}

/// Words that became keywords: `gen` in 2024.
#[local_span(tags(r#gen, "try" = r#try), name = format_args!("{}", r#gen))]
fn keywords(r#gen: u8, r#try: u8) -> Result<u8, fmt::Error> {
    Ok(r#gen + r#try)
}

#[local_span]
async fn keywords_later(r#gen: u8, r#dyn: u8) -> u8 {
    r#gen + r#dyn
}

#[test]
fn new_keywords() {
    spans(|| assert_eq!((keywords(1, 2), block_on(keywords_later(3, 4))), (Ok(3), 7))).are(
        "
        Local 1 {gen=1, try=2}
        Local editions::keywords_later
        ",
    );
}

/// Captures the lifetime in 2024 by default.
#[local_span]
fn iterates(items: &[u8]) -> impl Iterator<Item = u8> + '_ {
    items.iter().copied()
}

#[local_span]
async fn iterates_later<'a>(items: &'a [u8]) -> Result<impl Iterator<Item = u8> + 'a, String> {
    Ok(items.iter().copied())
}

#[test]
fn impl_trait_captures() {
    spans(|| assert_eq!((iterates(&[1, 2]).sum::<u8>(), block_on(iterates_later(&[3])).unwrap().sum::<u8>()), (3, 3))).are(
        "
        Local editions::iterates
        Local editions::iterates_later
        ",
    );
}

/// `TryFrom` is in the prelude since 2021, `Future` since 2024.
#[local_span(tags("small" = u8::try_from(n).unwrap_or(255)))]
fn prelude(n: u32) -> Result<u8, <u8 as TryFrom<u32>>::Error> {
    u8::try_from(n)
}

#[local_span]
async fn awaits<F: Future<Output = u8>>(future: F) -> F::Output {
    future.await
}

#[local_span(name = format!("{n} and {}", n + 1))]
fn panics(n: u8) -> u8 {
    panic!("{} is too much", n)
}

#[test]
fn prelude_and_panics() {
    spans(|| {
        assert!(prelude(7).is_ok() && prelude(700).is_err());
        assert_eq!(block_on(awaits(async { 1 })), 1);
        quietly(|| assert!(std::panic::catch_unwind(|| panics(9)).is_err()));
    })
    .are(
        "
        Local editions::prelude {small=7}
        Local editions::prelude ERROR {small=255} [event=error error.kind=core::num::error::TryFromIntError message=out of range integral type conversion attempted]
        Local editions::awaits
        Local 9 and 10 ERROR [event=error error.kind=panic message=9 is too much]
        ",
    );
}

#[allow(unsafe_code)]
mod unsafe_functions {
    use super::*;

    #[local_span]
    pub(super) unsafe fn raw(at: *const u8) -> Result<u8, String> {
        Ok(unsafe { *at })
    }

    #[local_span]
    pub(super) async unsafe fn raw_later(at: &u8) -> Result<u8, String> {
        let at: *const u8 = at;
        Ok(unsafe { *at })
    }
}

#[test]
#[allow(unsafe_code)]
fn unsafe_functions() {
    spans(|| {
        assert_eq!(unsafe { unsafe_functions::raw(&7) }, Ok(7));
        assert_eq!(block_on(unsafe { unsafe_functions::raw_later(&8) }), Ok(8));
    })
    .are(
        "
        Local editions::unsafe_functions::raw
        Local editions::unsafe_functions::raw_later
        ",
    );
}

#[async_trait]
trait Store {
    async fn load(&self, key: &str) -> Result<usize, String>;
}

#[async_trait]
impl Store for String {
    #[exit_span(name = "load", peer = self, tags(key))]
    async fn load(&self, key: &str) -> Result<usize, String> {
        if key.is_empty() {
            return Err(self.clone());
        }
        Ok(key.len())
    }
}

#[local_span(tags(n))]
fn recursive(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    Box::pin(async move { if n == 0 { 0 } else { recursive(n - 1).await + n } })
}

#[test]
fn boxed_futures() {
    spans(|| {
        assert_eq!(block_on("s:1".to_owned().load("key")), Ok(3));
        assert_eq!(block_on("s:1".to_owned().load("")), Err("s:1".to_owned()));
        assert_eq!(block_on(recursive(1)), 1);
    })
    .are(
        "
        Exit load peer=s:1 {key=key}
        Exit load peer=s:1 ERROR {key=} [event=error error.kind=alloc::string::String message=s:1]
        Local editions::recursive {n=1}
          Local editions::recursive {n=0}
        ",
    );
}

#[local_span(covers = future, tags(n), ret_tags("ok" = |ok| *ok))]
fn covered(n: u8) -> impl Future<Output = Result<u8, String>> {
    async move {
        if n == 0 {
            return Err("zero".to_owned());
        }
        Ok(n)
    }
}

#[test]
fn covered_futures() {
    spans(|| assert!(block_on(covered(1)).is_ok() && block_on(covered(0)).is_err())).are(
        "
        Local editions::covered {n=1, ok=1}
        Local editions::covered ERROR {n=0} [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}

struct Shop {
    name: String,
}

#[local_span(names = "{type}.{fn}", err(Display), err_ignore(fmt::Error))]
impl Shop {
    fn check(&self, mut n: u8) -> Result<u8, String> {
        n += self.step();
        if n == 1 {
            return Err(self.name.clone());
        }
        Ok(n)
    }

    async fn load(&mut self, r#gen: u8) -> Result<&str, fmt::Error> {
        if r#gen == 0 {
            return Err(fmt::Error);
        }
        Ok(&self.name)
    }

    #[skip_span]
    fn step(&self) -> u8 {
        1
    }

    #[exit_span(peer = self.name, ret_tags("len" = String::len))]
    fn into_name(self) -> String {
        self.name
    }
}

#[test]
fn impl_blocks() {
    spans(|| {
        let mut shop = Shop { name: "corner".to_owned() };
        assert!(shop.check(1).is_ok() && shop.check(0).is_err());
        assert!(block_on(shop.load(1)).is_ok() && block_on(shop.load(0)).is_err());
        assert_eq!(shop.into_name(), "corner");
    })
    .are(
        "
        Local Shop.check
        Local Shop.check ERROR [event=error error.kind=alloc::string::String message=corner]
        Local Shop.load
        Local Shop.load [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Exit Shop.into_name peer=corner {len=6}
        ",
    );
}

macro_rules! make {
    ($name:ident($arg:ident) -> $ret:ty = $value:expr) => {
        #[local_span(name = stringify!($name), tags($arg, "value" = $value))]
        fn $name($arg: u8) -> $ret {
            Ok($value)
        }
    };
}

make!(made(n) -> Result<u8, String> = n + 1);

#[test]
fn functions_from_macros() {
    spans(|| assert_eq!(made(1), Ok(2))).are(
        "
        Local made {n=1, value=2}
        ",
    );
}

thread_local!(static DROPPED: RefCell<String> = const { RefCell::new(String::new()) });

/// Logs its drop.
struct Logged(char);

impl Drop for Logged {
    fn drop(&mut self) {
        DROPPED.with(|dropped| dropped.borrow_mut().push(self.0));
    }
}

impl Logged {
    fn lend(&self) -> Lent<'_> {
        Lent(self)
    }
}

/// A temporary with a destructor, which records its drop.
struct Lent<'a>(&'a Logged);

impl Lent<'_> {
    fn touch(&self) -> Result<(), ()> {
        Ok(())
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        DROPPED.with(|dropped| dropped.borrow_mut().push((self.0).0.to_ascii_uppercase()));
    }
}

struct Pair {
    left: Logged,
    right: Logged,
}

macro_rules! same_drops {
    ($test:ident, ($($params:tt)*), ($($args:expr),*), $body:block) => {
        #[test]
        fn $test() {
            fn plain($($params)*) -> Result<(), ()> $body
            async fn plain_later($($params)*) -> Result<(), ()> $body
            #[local_span(name = "err")]
            fn err($($params)*) -> Result<(), ()> $body
            #[local_span(name = "no_err", no_err)]
            fn no_err($($params)*) -> Result<(), ()> $body
            #[local_span(name = "later")]
            async fn later($($params)*) -> Result<(), ()> $body
            let dropped = || DROPPED.with(|dropped| dropped.take());
            spans(|| {
                plain($($args),*).unwrap();
                let expected = dropped();
                err($($args),*).unwrap();
                assert_eq!(dropped(), expected);
                no_err($($args),*).unwrap();
                assert_eq!(dropped(), expected);
                block_on(plain_later($($args),*)).unwrap();
                let expected = dropped();
                block_on(later($($args),*)).unwrap();
                assert_eq!(dropped(), expected);
            })
            .are(
                "
                Local err
                Local no_err
                Local later
                ",
            );
        }
    };
}

same_drops!(drops_of_moved_fields, (a: Logged, b: Pair, _c: Logged), (Logged('a'), Pair { left: Logged('l'), right: Logged('r') }, Logged('c')), {
    let _local = Logged('x');
    drop(b.right);
    b.left.lend().touch()?;
    drop(a);
    Ok(())
});

same_drops!(drops_of_fields_in_closures, (a: Pair, mut b: Logged), (Pair { left: Logged('l'), right: Logged('r') }, Logged('b')), {
    b.0 = 'c';
    let closure = move || drop(a.left);
    closure();
    Ok(())
});

same_drops!(drops_of_temporaries_at_the_end, (a: Logged, b: Logged), (Logged('a'), Logged('b')), {
    let _local = Logged('x');
    let _ = b.lend().touch();
    a.lend().touch()
});

same_drops!(drops_of_temporaries_in_a_condition, (a: Option<Logged>), (Some(Logged('a'))), {
    if let Some(Ok(())) = a.as_ref().map(|a| a.lend().touch()) {
        let _inside = Logged('i');
    } else {
        return Err(());
    }
    Ok(())
});
