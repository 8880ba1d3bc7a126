//! Parameters, locals and temporaries drop in the same order as in the plain function, with every
//! attribute. In an async function they drop inside of the span.
//!
//! There are two exceptions. Values that a pattern does not bind (`_`, `..`, and the rest of a
//! `ref` pattern) and parameters that rustc reports as unused drop after the span.
#![allow(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    clippy::many_single_char_names,
    clippy::boxed_local,
    reason = "the functions are only called for their drops"
)]

use std::panic::resume_unwind;

use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::expansion::loud::{Loud, Polls, dropped, dropped_by_future, wait};

/// Returns the order without the marks for drops outside of a span.
fn order(dropped: &str) -> String {
    dropped.replace('*', "")
}

/// Returns the drops of a function with an attribute, sync and async.
macro_rules! with_attribute {
    ({($($params:tt)*) ($($args:expr),*) $body:block} $(#[$attr:meta])?) => {
        (concat!($(stringify!($attr))?), {
            $(#[$attr])?
            fn of_a_call($($params)*) -> Result<usize, String> $body
            dropped(|| drop(of_a_call($($args),*)))
        }, [Polls::None, Polls::One, Polls::ToTheEnd].map(|polls| {
            $(#[$attr])?
            async fn later($($params)*) -> Result<usize, String> {
                wait().await;
                $body
            }
            dropped_by_future(polls, || later($($args),*))
        }))
    };
}

/// Tests a function with every attribute, each with different arguments.
macro_rules! shapes {
    ($($name:ident $shape:tt)*) => {
        $(#[test]
        fn $name() {
            let (_, plain, [unpolled, cancelled, awaited]) = with_attribute!($shape);
            println!("plain: {plain} | {unpolled} | {cancelled} | {awaited}");
            let traced = [
                with_attribute!($shape #[local_span]),
                with_attribute!($shape #[local_span(no_err)]),
                with_attribute!($shape #[local_span(err)]),
                with_attribute!($shape #[local_span(err(Debug), err_ignore(std::fmt::Error))]),
                with_attribute!($shape #[local_span(tags("computed" = 1 + 1))]),
                with_attribute!($shape #[local_span(ret_tags("returned" = |_| 1))]),
                with_attribute!($shape #[local_span(name = format!("named"), no_err, ret_tags("returned" = |_| 1))]),
                with_attribute!($shape #[entry_span(name = "/entry", extract = "")]),
                with_attribute!($shape #[exit_span(peer = format!("a:{}", 1))]),
            ];
            for (attribute, called, [dropped, stopped, done]) in traced {
                println!("{attribute}: {called} | {dropped} | {stopped} | {done}");
                assert_eq!(order(&called), order(&plain), "{attribute}, sync");
                assert_eq!(order(&dropped), order(&unpolled), "{attribute}, never polled");
                assert_eq!(order(&stopped), order(&cancelled), "{attribute}, cancelled");
                assert_eq!(order(&done), order(&awaited), "{attribute}, async");
                assert!(!stopped.contains('*') && !done.contains('*'), "{attribute} drops outside of the span: {stopped} | {done}");
            }
        })*
    };
}

struct Pair {
    left: Loud,
    right: Loud,
}

shapes! {
    parameters_that_are_used {
        (a: Loud, b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            let _local = Loud("local");
            Ok(c.touch() + a.touch() + b.touch())
        }
    }
    a_parameter_that_is_moved {
        (a: Loud, b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            let _local = Loud("local");
            drop(b);
            Ok(c.touch() + a.touch())
        }
    }
    a_parameter_that_is_moved_sometimes {
        (a: Loud, b: Loud, yes: bool) (Loud("a"), Loud("b"), true) {
            if yes {
                drop(a);
            }
            Ok(b.touch())
        }
    }
    a_mut_parameter {
        (a: Loud, mut b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            b.0 = "changed";
            Ok(a.touch() + c.touch() + b.touch())
        }
    }
    a_mut_parameter_that_is_replaced {
        (a: Loud, mut b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            b = Loud(if a.touch() == b.touch() + c.touch() { "new" } else { "other" });
            Ok(b.touch())
        }
    }
    a_mut_parameter_that_borrows {
        (a: Loud, mut b: Vec<&Loud>, c: Loud, mut d: &str) (Loud("a"), vec![], Loud("c"), "d") {
            let local = Loud("local");
            d = if b.is_empty() { local.0 } else { d };
            b.clear();
            Ok(a.touch() + c.touch() + b.len() + d.len())
        }
    }
    a_parameter_that_is_moved_in_part {
        (a: Loud, b: Pair, c: Loud) (Loud("a"), Pair { left: Loud("left"), right: Loud("right") }, Loud("c")) {
            drop(b.right);
            Ok(a.touch() + b.left.touch() + c.touch())
        }
    }
    a_parameter_kept_for_its_drop {
        (a: Loud, _kept: Loud, c: Loud) (Loud("a"), Loud("kept"), Loud("c")) {
            Ok(a.touch() + c.touch())
        }
    }
    parameters_that_are_patterns {
        ((a, b): (Loud, Loud), Pair { left, right: r }: Pair, [c, mut d]: [Loud; 2])
        ((Loud("a"), Loud("b")), Pair { left: Loud("left"), right: Loud("right") }, [Loud("c"), Loud("d")]) {
            d.0 = "changed";
            Ok([a.touch(), b.touch(), left.touch(), r.touch(), c.touch(), d.touch()].len())
        }
    }
    a_parameter_that_a_closure_takes {
        (a: Loud, b: Loud) (Loud("a"), Loud("b")) {
            let length = move || a.touch();
            let _local = Loud("local");
            Ok(length() + b.touch())
        }
    }
    an_early_return {
        (a: Loud, b: Loud, yes: bool) (Loud("a"), Loud("b"), true) {
            let _first = Loud("first");
            if yes {
                return Ok(a.touch());
            }
            let _second = Loud("second");
            Ok(b.touch())
        }
    }
    an_early_return_of_an_error {
        (a: Loud, b: Loud, text: &str) (Loud("a"), Loud("b"), "no number") {
            let _first = Loud("first");
            let n: usize = text.parse().map_err(|_| "no number".to_owned())?;
            Ok(n + a.touch() + b.touch())
        }
    }
    locals_and_what_shadows_them {
        (a: Loud) (Loud("a")) {
            let local = Loud("one");
            let _n = local.touch();
            let local = Loud(if a.touch() == 1 { "two" } else { "three" });
            let a = Loud("shadow");
            Ok(local.touch() + a.touch())
        }
    }
    temporaries_of_statements {
        (a: Loud) (Loud("a")) {
            let _local = Loud("local");
            Loud("temporary").held().touch();
            let extended = &Loud("extended");
            Ok(a.touch() + extended.touch())
        }
    }
    temporaries_of_the_tail {
        (a: Loud, b: Loud) (Loud("a"), Loud("b")) {
            let _local = Loud("local");
            Ok(Loud("temporary").held().touch() + a.touch() + b.touch())
        }
    }
    temporaries_of_a_match_at_the_end {
        (a: Loud) (Loud("a")) {
            let _local = Loud("local");
            match Loud("scrutinee").held().touch() {
                0 => Ok(0),
                n => Ok(Loud("temporary").held().touch() + n + a.touch()),
            }
        }
    }
    temporaries_of_a_mut_parameters_tail {
        (a: Loud, mut b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            b.0 = "changed";
            let _local = Loud("local");
            Ok(Loud("temporary").held().touch() + a.touch() + b.held().touch() + c.touch())
        }
    }
    a_loop {
        (list: Vec<Loud>, b: Loud) (vec![Loud("one"), Loud("two"), Loud("three")], Loud("b")) {
            for item in list {
                if item.touch() == b.touch() + 2 {
                    break;
                }
            }
            Ok(1)
        }
    }
    a_panic {
        (a: Loud, b: Loud) (Loud("a"), Loud("b")) {
            let _local = Loud("local");
            if a.touch() == b.touch() {
                resume_unwind(Box::new("on purpose"));
            }
            Ok(Loud("temporary").touch())
        }
    }
    a_panic_with_a_mut_parameter {
        (a: Loud, mut b: Loud, c: Loud) (Loud("a"), Loud("b"), Loud("c")) {
            b.0 = "changed";
            let _local = Loud("local");
            if a.touch() == c.touch() {
                resume_unwind(Box::new("on purpose"));
            }
            Ok(b.touch())
        }
    }
}

/// Async functions only: waits between drops, and futures inside.
mod later {
    use super::*;

    async fn other(a: Loud, _b: Loud) -> usize {
        let _local = Loud("inner");
        wait().await;
        a.touch()
    }

    macro_rules! body {
        ($(#[$attr:meta])?) => {{
            $(#[$attr])?
            async fn later(a: Loud, mut b: Loud, c: &Loud) -> usize {
                let first = Loud("first");
                wait().await;
                b.0 = "changed";
                let n = other(Loud("given"), Loud("too")).await;
                drop(first);
                wait().await;
                let _second = Loud("second");
                n + Loud("temporary").held().touch() + a.touch() + c.touch()
            }
            let c = Loud("lent");
            [Polls::None, Polls::One, Polls::ToTheEnd].map(|polls| dropped_by_future(polls, || later(Loud("a"), Loud("b"), &c)))
        }};
    }

    #[test]
    fn between_waits() {
        let plain = body!();
        for traced in [
            body!(#[local_span]),
            body!(#[exit_span(peer = format!("a:{}", 1))]),
            body!(#[local_span(ret_tags("n" = |n| n))]),
        ] {
            println!("{plain:?}\n{traced:?}");
            assert_eq!(
                traced.each_ref().map(|dropped| order(dropped)),
                plain.each_ref().map(|dropped| order(dropped))
            );
            assert!(!traced[1].contains('*') && !traced[2].contains('*'), "{traced:?}");
        }
    }
}

/// Functions that return a future. The parameters drop at the same point as in the plain function:
/// at the call or with the future.
mod covered {
    use super::*;

    macro_rules! returned {
        ($(#[$attr:meta])?) => {{
            $(#[$attr])?
            fn taken(a: Loud, b: Loud) -> impl Future<Output = usize> {
                let _local = Loud("local");
                drop(b);
                async move {
                    let _inner = Loud("inner");
                    wait().await;
                    a.touch()
                }
            }
            $(#[$attr])?
            fn boxed(a: Loud, mut b: Loud, _c: Loud) -> std::pin::Pin<Box<dyn Future<Output = usize>>> {
                b.0 = "changed";
                Box::pin(async move {
                    wait().await;
                    a.touch()
                })
            }
            [Polls::None, Polls::One, Polls::ToTheEnd].map(|polls| {
                let taken = dropped_by_future(polls, || taken(Loud("a"), Loud("b")));
                taken + " | " + &dropped_by_future(polls, || boxed(Loud("a"), Loud("b"), Loud("c")))
            })
        }};
    }

    #[test]
    fn by_call_or_by_future() {
        let plain = returned!();
        let traced = [
            returned!(#[local_span(covers = call)]),
            returned!(#[local_span(covers = future)]),
            returned!(#[exit_span(covers = future, peer = "a:1", tags("computed" = 1 + 1), ret_tags("returned" = |n| n))]),
        ];
        for traced in traced {
            println!("{plain:?}\n{traced:?}");
            assert_eq!(
                traced.map(|dropped| order(&dropped)),
                plain.each_ref().map(|dropped| order(dropped))
            );
        }
    }
}

/// `self` by value and in pointers.
mod methods {
    use super::*;

    macro_rules! method {
        ($(#[$attr:meta])?) => {{
            struct Owner(Loud);
            impl Owner {
                $(#[$attr])?
                fn value(self, a: Loud) -> Result<usize, String> {
                    let _local = Loud("local");
                    Ok(self.0.touch() + a.touch())
                }
                $(#[$attr])?
                async fn value_later(mut self, a: Loud) -> Result<usize, String> {
                    let _local = Loud("local");
                    wait().await;
                    self.0.0 = "changed";
                    Ok(self.0.touch() + a.touch())
                }
                $(#[$attr])?
                async fn boxed_later(self: Box<Self>, mut a: Loud) -> Result<usize, String> {
                    let _local = Loud("local");
                    wait().await;
                    a.0 = "changed";
                    Ok(self.0.touch() + a.touch())
                }
                $(#[$attr])?
                fn borrowed(&mut self, a: Loud) -> Result<&Loud, String> {
                    self.0 = a;
                    Ok(&self.0)
                }
            }
            [
                dropped(|| drop(Owner(Loud("self")).value(Loud("a")))),
                dropped_by_future(Polls::One, || Owner(Loud("self")).value_later(Loud("a"))),
                dropped_by_future(Polls::ToTheEnd, || Owner(Loud("self")).value_later(Loud("a"))),
                dropped_by_future(Polls::ToTheEnd, || Box::new(Owner(Loud("self"))).boxed_later(Loud("a"))),
                dropped(|| drop(Owner(Loud("self")).borrowed(Loud("a")))),
            ]
        }};
    }

    #[test]
    fn of_every_receiver() {
        let plain = method!().map(|dropped| order(&dropped));
        for traced in [
            method!(#[local_span]),
            method!(#[entry_span(no_err)]),
            method!(#[local_span(err, tags("computed" = 1 + 1), ret_tags("returned" = |_| 1))]),
        ] {
            println!("{plain:?}\n{traced:?}");
            assert_eq!(traced.map(|dropped| order(&dropped)), plain);
        }
    }
}

/// The exceptions.
mod unused {
    use super::*;

    #[test]
    fn wildcard_drops_after_the_span() {
        fn plain(a: Loud, _: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }
        #[local_span]
        fn traced(a: Loud, _: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }
        #[local_span]
        async fn later(a: Loud, _: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }

        let of = |call: fn(Loud, Loud, Loud) -> Result<usize, String>| {
            dropped(|| drop(call(Loud("a"), Loud("_"), Loud("c"))))
        };
        println!("{} / {}", of(plain), of(traced));

        assert_eq!(of(plain), "c* _* a*");
        assert_eq!(of(traced), "c a _*");
        assert_eq!(
            dropped_by_future(Polls::ToTheEnd, || later(Loud("a"), Loud("_"), Loud("c"))),
            "c a _*"
        );
    }

    #[test]
    fn unbound_part_of_a_pattern_drops_after_the_span() {
        fn plain(
            Pair { left, right: ref r }: Pair,
            Pair { right, .. }: Pair,
        ) -> Result<usize, String> {
            Ok(left.touch() + r.touch() + right.touch())
        }
        #[local_span]
        fn traced(
            Pair { left, right: ref r }: Pair,
            Pair { right, .. }: Pair,
        ) -> Result<usize, String> {
            Ok(left.touch() + r.touch() + right.touch())
        }
        #[local_span]
        async fn later(
            Pair { left, right: ref r }: Pair,
            Pair { right, .. }: Pair,
        ) -> Result<usize, String> {
            Ok(left.touch() + r.touch() + right.touch())
        }

        let first = || Pair { left: Loud("a"), right: Loud("b") };
        let second = || Pair { left: Loud("c"), right: Loud("d") };
        let of = |call: fn(Pair, Pair) -> Result<usize, String>| {
            dropped(|| drop(call(first(), second())))
        };
        println!("{} / {}", of(plain), of(traced));

        assert_eq!(of(plain), "d* c* a* b*");
        assert_eq!(of(traced), "d a c* b*");
        assert_eq!(dropped_by_future(Polls::ToTheEnd, || later(first(), second())), "d a c* b*");
    }

    #[test]
    #[expect(unused_variables, reason = "the lint is part of the test")]
    fn unused_parameter_drops_after_the_span() {
        fn plain(a: Loud, unused: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }
        #[local_span]
        fn traced(a: Loud, unused: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }
        #[local_span]
        async fn later(a: Loud, unused: Loud, c: Loud) -> Result<usize, String> {
            Ok(a.touch() + c.touch())
        }

        let of = |call: fn(Loud, Loud, Loud) -> Result<usize, String>| {
            dropped(|| drop(call(Loud("a"), Loud("unused"), Loud("c"))))
        };
        println!("{} / {}", of(plain), of(traced));

        assert_eq!(of(plain), "c* unused* a*");
        assert_eq!(of(traced), "c a unused*");
        assert_eq!(
            dropped_by_future(Polls::ToTheEnd, || later(Loud("a"), Loud("unused"), Loud("c"))),
            "c a unused*"
        );
    }
}
