//! `return` and `?` with coercions, in every shape.

use std::error::Error;
use std::fmt::Display;

use futures::executor::block_on;
use skywalking_runtime::{entry_span, local_span};

#[local_span]
fn plain(early: bool) -> Box<dyn Display> {
    if early {
        return Box::new(1);
    }
    Box::new("late")
}

#[local_span]
async fn later(early: bool) -> Box<dyn Display> {
    if early {
        return Box::new(1);
    }
    Box::new("late")
}

#[local_span]
fn failing(text: &str) -> Result<Box<dyn Display>, Box<dyn Error>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    let number: i32 = text.parse()?;
    if number == 0 {
        return Ok(Box::new("zero"));
    }
    Ok(Box::new(number))
}

#[entry_span(name = "/failing")]
async fn failing_later(text: &str) -> Result<Box<dyn Display>, Box<dyn Error + Send + Sync>> {
    let number: i32 = text.parse()?;
    if number == 0 {
        return Ok(Box::new("zero"));
    }
    Ok(Box::new(number))
}

#[local_span]
fn closure(by: i32) -> Result<Box<dyn Fn(i32) -> i32>, String> {
    if by == 0 {
        return Ok(Box::new(|x| x));
    }
    Ok(Box::new(move |x| x * by))
}

#[local_span]
fn maybe(text: &str) -> Option<i32> {
    let first = text.split(',').next()?;
    first.parse().ok()
}

#[local_span]
async fn slice(early: bool) -> &'static [u8] {
    if early {
        return &[1, 2];
    }
    &[3]
}

#[local_span]
async fn nothing(early: bool) {
    if early {
        return;
    }
    slice(early).await;
}

fn main() {
    assert_eq!(plain(true).to_string() + &plain(false).to_string(), "1late");
    assert_eq!(block_on(later(true)).to_string() + &block_on(later(false)).to_string(), "1late");
    assert_eq!(failing("").err().unwrap().to_string(), "empty");
    assert_eq!(failing("x").err().unwrap().to_string(), "invalid digit found in string");
    assert_eq!(failing("0").unwrap().to_string() + &failing("7").unwrap().to_string(), "zero7");
    assert_eq!(block_on(failing_later("x")).err().unwrap().to_string(), "invalid digit found in string");
    assert_eq!(block_on(failing_later("0")).unwrap().to_string(), "zero");
    assert_eq!(closure(0).unwrap()(5) + closure(3).unwrap()(5), 20);
    assert_eq!((maybe("7,8"), maybe("x")), (Some(7), None));
    assert_eq!(block_on(slice(true)), [1, 2]);
    block_on(nothing(true));
}
