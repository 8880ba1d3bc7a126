//! `mut`, pattern, `_`, unused and `#[cfg]` parameters.
#![deny(warnings)]
#![allow(clippy::pedantic, clippy::toplevel_ref_arg, reason = "`lints.rs` is for clippy")]

use futures::executor::block_on;
use skywalking_runtime::local_span;

struct Point {
    x: i32,
    y: i32,
}

#[local_span(tags(first, "rest" = ?rest, "sum" = x + y))]
fn pattern(
    Point { x, y }: Point,
    (a, .., mut b): (i32, i32, i32),
    [first, rest @ ..]: [i32; 3],
    _: String,
    ref kept: String,
) -> Result<i32, String>
where
{
    b += kept.len() as i32;
    Ok(x + y + a + b + first + rest.len() as i32)
}

#[local_span(tags(x))]
async fn pattern_later(Point { x, y: mut up }: Point, &(a, ref b): &(i32, String), _: String, _kept: String, ref c: String) -> usize {
    up += 1;
    block(&up).await;
    (x + up + a) as usize + b.len() + c.len()
}

async fn block(_: &i32) {}

// tokio-rs/tracing#2717: a reference that is given a shorter-lived value.
#[local_span]
async fn shortened(mut text: &str, own: bool) -> Result<usize, String> {
    let longer = format!("{text}{text}");
    if own {
        text = &longer;
    }
    Ok(text.len())
}

#[local_span]
fn shortened_at_once(mut text: &str) -> Result<usize, String> {
    let longer = format!("{text}{text}");
    text = &longer;
    Ok(text.len())
}

// tokio-rs/tracing#3320
#[local_span]
fn under_cfg(#[cfg(windows)] a: Missing, b: u8, #[cfg(not(windows))] mut c: u8) -> Result<u8, String> {
    #[cfg(windows)]
    drop(a);
    c += 1;
    Ok(b + c)
}

#[local_span]
async fn under_cfg_later(#[cfg(windows)] a: Missing, b: u8, #[cfg(not(windows))] mut c: u8, #[cfg(windows)] mut d: Missing) -> u8 {
    #[cfg(windows)]
    drop((a, &mut d));
    c += 1;
    b + c
}

#[local_span(tags(r#type))]
async fn raw_names(r#type: u8, r#fn: u8) -> u8 {
    r#type + r#fn
}

#[local_span]
async fn only_in_a_format_string(name: &str, width: usize) -> String {
    format!("{name:>width$}")
}

fn main() {
    let point = || Point { x: 1, y: 2 };
    assert_eq!(pattern(point(), (1, 2, 3), [4, 5, 6], String::new(), "ab".to_owned()), Ok(15));
    assert_eq!(block_on(pattern_later(point(), &(1, "a".to_owned()), String::new(), String::new(), "bc".to_owned())), 8);
    assert_eq!(block_on(shortened("abc", true)), Ok(6));
    assert_eq!(shortened_at_once("abc"), Ok(6));
    assert_eq!(under_cfg(1, 2), Ok(4));
    assert_eq!(block_on(under_cfg_later(1, 2)), 4);
    assert_eq!(block_on(raw_names(1, 2)), 3);
    assert_eq!(block_on(only_in_a_format_string("a", 3)), "  a");
}
