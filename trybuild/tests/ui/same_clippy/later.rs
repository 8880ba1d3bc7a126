//! Async functions.

use std::fmt::Display;
use std::future::{Future, Ready, ready};

/// A type of the program.
pub struct Item {
    name: String,
}

/// An alias of `Result`.
pub type Answer = Result<u32, String>;

#[traced]
pub async fn nothing() {}

#[traced_value]
pub async fn waits(n: u32) -> u32 {
    ready(n).await
}

#[traced]
pub async fn does_not_wait(n: u32) -> u32 {
    n.count_ones()
}

#[traced]
pub async fn needless_return(n: u32) -> u32 {
    ready(()).await;
    return n + 1;
}

#[traced]
pub async fn needless_unit_return(n: u32) {
    waits(n).await;
    return;
}

#[traced]
pub async fn let_and_return(n: u32) -> u32 {
    let m = waits(n).await;
    m
}

#[traced_value]
pub async fn early(n: u32) -> Result<u32, String> {
    if n == 0 {
        return Err("zero".to_string());
    }
    Ok(waits(n).await)
}

#[traced]
pub async fn question(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let n = text.parse::<u32>()?;
    Ok(waits(n).await)
}

#[traced]
pub async fn needless_question(n: u32) -> Result<u32, String> {
    Ok(early(n).await?)
}

#[traced]
pub async fn alias(n: u32) -> Answer {
    early(n).await
}

#[traced_value]
pub async fn item(name: &str) -> Item {
    ready(()).await;
    Item { name: name.to_string() }
}

#[traced_call]
pub async fn future(n: u32) -> Ready<u32> {
    ready(waits(n).await)
}

#[traced_call]
pub async fn named_future(n: u32) -> Ready<u32> {
    let later = ready(waits(n).await);
    later
}

#[traced_call]
pub async fn opaque_future(n: u32) -> impl Future<Output = u32> {
    waits(n)
}

#[traced_call]
pub async fn boxed_future(n: u32) -> std::pin::Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(waits(n))
}

#[traced]
pub async fn yields_inside(n: u32) -> u32 {
    let later = async { waits(n) };
    later.await.await
}

#[traced]
pub async fn unit_in_result() -> Result<(), ()> {
    Ok(nothing().await)
}

#[traced]
pub async fn with_mut(mut n: u32, mut list: Vec<u32>) -> Vec<u32> {
    n += 1;
    list.push(waits(n).await);
    list
}

#[traced]
pub async fn mut_borrow(mut text: &str) -> &str {
    if text.is_empty() {
        text = "x";
    }
    nothing().await;
    text
}

#[traced]
pub async fn pattern((a, b): (u32, u32), Item { name }: Item) -> usize {
    let a = waits(a).await;
    a as usize + b as usize + name.len()
}

#[traced]
pub async fn unused(_kept: &str, n: u32) -> u32 {
    waits(n).await
}

#[traced]
pub async fn generic<T: Display + Clone>(value: T) -> T {
    println!("{}", value);
    nothing().await;
    value.clone()
}

#[traced]
pub async fn shadows(n: u32) -> u32 {
    let n = n + 1;
    let n = waits(n).await;
    n
}

#[traced]
pub async fn numbers() -> f64 {
    let b = 1.0;
    let c = 3;
    nothing().await;
    b + f64::from(c)
}

#[traced]
pub async fn blocks(n: Option<u32>) -> u32 {
    match n {
        Some(n) => waits(n).await,
        None => {
            nothing().await;
            0
        }
    }
}

#[traced]
pub async fn moved(text: String) -> usize {
    nothing().await;
    text.len()
}

#[traced]
pub async fn panics(list: &[u32]) -> u32 {
    nothing().await;
    list[0] + list.first().copied().unwrap()
}

#[traced]
pub async unsafe fn is_unsafe(n: u32) -> u32 {
    waits(n).await
}

#[traced]
pub async fn never() -> ! {
    loop {
        nothing().await;
    }
}

#[traced]
pub async fn many(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32) -> u32 {
    waits(a + b + c + d + e + f + g + h).await
}

#[traced]
pub async fn large() -> usize {
    let bytes = [0_u8; 20_000];
    nothing().await;
    bytes.len()
}

#[traced]
pub async fn holds_a_lock(lock: &std::sync::Mutex<u32>) -> u32 {
    let guard = lock.lock().unwrap();
    nothing().await;
    *guard
}

#[traced]
#[rustfmt::skip]
pub async fn one_line(n: u32) -> Result<u32, u32> { Ok(waits(n).await) }
