//! `#[track_caller]` works with every attribute: in the body, in its panics, and in methods.
//! Functions without it report their own locations.
#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::boxed_local,
    reason = "the functions are only called for their locations"
)]

use std::panic::{Location, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

use skywalking_runtime::{entry_span, exit_span, local_span};

macro_rules! tracked {
    ($(#[$attr:meta])+) => {
        [$({
            #[$attr]
            #[track_caller]
            fn below(_n: u8) -> u32 {
                Location::caller().line()
            }
            #[track_caller]
            #[$attr]
            fn above(mut n: u8) -> Result<u32, String> {
                n += 1;
                if n == 0 { Err(String::new()) } else { Ok(Location::caller().line()) }
            }
            struct Owner;
            impl Owner {
                #[$attr]
                #[track_caller]
                fn method(&self, text: &str) -> Option<u32> {
                    (!text.is_empty()).then(|| "1".parse::<u32>().unwrap() * Location::caller().line())
                }
                #[$attr]
                #[track_caller]
                fn tail(self: Box<Self>) -> &'static Location<'static> {
                    Location::caller()
                }
            }
            let here = [line!(), below(1), above(1).unwrap(), Box::new(Owner).tail().line()];
            (stringify!($attr), here, Owner.method("a").is_some())
        }),+]
    };
}

#[test]
fn body_sees_its_caller() {
    let each = tracked!(
        #[local_span]
        #[entry_span(name = format!("/{}", 1), tags("k" = 1 + 1))]
        #[exit_span(peer = "a:1", no_err)]
    );
    for (attribute, [here, rest @ ..], called) in each {
        assert_eq!(rest, [here; 3], "{attribute}");
        assert!(called);
    }
}

/// Returns the line of the panic.
fn panics_at(work: impl FnOnce() + std::panic::UnwindSafe) -> u32 {
    static SEEN: Mutex<u32> = Mutex::new(0);
    let _turn = crate::turn();
    let hook = take_hook();
    set_hook(Box::new(|info| *SEEN.lock().unwrap() = info.location().unwrap().line()));
    let panicked = catch_unwind(work).is_err();
    set_hook(hook);
    assert!(panicked);
    *SEEN.lock().unwrap()
}

#[local_span]
#[track_caller]
fn expects(value: Option<u8>) -> u8 {
    value.expect("a value")
}

#[exit_span(peer = "a:1")]
#[track_caller]
fn expects_remotely(value: Option<u8>) -> Result<u8, String> {
    Ok(value.unwrap())
}

#[local_span]
fn untracked(value: Option<u8>) -> Result<u8, String> {
    Ok(value.unwrap())
}
const IN_UNTRACKED: u32 = line!() - 2;

#[local_span]
async fn untracked_later(value: Option<u8>) -> u8 {
    value.unwrap()
}
const IN_UNTRACKED_LATER: u32 = line!() - 2;

#[test]
fn panic_names_the_caller() {
    assert_eq!(panics_at(|| _ = expects(None)), line!());
    assert_eq!(panics_at(|| _ = expects_remotely(None)), line!());
}

#[test]
fn panic_without_track_caller_names_its_own_line() {
    assert_eq!(panics_at(|| _ = untracked(None)), IN_UNTRACKED);
    assert_eq!(
        panics_at(|| _ = futures::executor::block_on(untracked_later(None))),
        IN_UNTRACKED_LATER
    );
}
