//! Where clauses, const generics, higher-ranked bounds, `impl Trait` in and out.

use std::fmt::{Debug, Display};
use std::future::Future;

use futures::executor::block_on;
use skywalking_runtime::local_span;

#[local_span(tags("n" = N, "first" = ?items[0]))]
fn sized<const N: usize, T>(items: [T; N]) -> Result<[T; N], String>
where
    T: Debug + Clone,
{
    Ok(items)
}

#[local_span]
async fn ranked<F>(f: F) -> Result<usize, ()>
where
    F: for<'a> Fn(&'a str) -> &'a str,
{
    Ok(f("abc").len())
}

#[local_span(name = format_args!("show {shown}"), tags(shown))]
async fn shows(shown: impl Display, again: &impl Display) -> String {
    format!("{shown}{again}")
}

#[local_span]
fn iterates<'a>(items: &'a [u8], by: u8) -> impl Iterator<Item = u8> + use<'a> {
    items.iter().map(move |item| item * by)
}

#[local_span]
async fn iterates_later(items: Vec<u8>) -> impl Iterator<Item = impl Display> {
    items.into_iter().map(|item| item * 2)
}

#[local_span]
fn nested(items: &[u8]) -> Result<Box<impl Iterator<Item = &u8>>, Box<impl Debug>> {
    if items.is_empty() { Err(Box::new(1)) } else { Ok(Box::new(items.iter())) }
}

#[local_span]
async fn bound<T>(value: T) -> T
where
    T: Send + 'static,
{
    value
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[local_span]
async fn lives<'a, 'b: 'a>(a: &'a str, b: &'b str) -> &'a str {
    if a.is_empty() { b } else { a }
}

trait Shape {
    #[local_span]
    fn area(&self) -> i32 {
        self.side() * self.side()
    }

    fn side(&self) -> i32;

    fn later(&self) -> impl Future<Output = i32>;
}

struct Square;

impl Shape for Square {
    #[local_span]
    fn side(&self) -> i32 {
        2
    }

    #[local_span]
    async fn later(&self) -> i32 {
        self.area()
    }
}

fn main() {
    assert_eq!(sized([1, 2]), Ok([1, 2]));
    assert_eq!(block_on(ranked(|text| &text[1..])), Ok(2));
    assert_eq!(block_on(shows(1, &2)), "12");
    assert_eq!(iterates(&[1, 2], 3).sum::<u8>(), 9);
    assert_eq!(block_on(iterates_later(vec![1])).next().unwrap().to_string(), "2");
    assert_eq!(nested(&[1]).map(Iterator::count).ok(), Some(1));
    assert_eq!(block_on(is_send(bound("x"))), "x");
    assert_eq!(block_on(lives("", "b")), "b");
    assert_eq!(block_on(Square.later()), 4);
}
