#![warn(unused)]

#[traced]
pub fn parameter(n: u8) {}

#[traced]
pub async fn parameter_later(n: u8) {}

#[traced]
pub fn parameter_failing(n: u8) -> Result<(), String> {
    Ok(())
}

#[traced]
pub async fn parameter_failing_later(n: u8, (a, b): (u8, u8)) -> Result<(), String> {
    Ok(())
}

#[traced]
pub async fn local_later(n: u8) {
    let a = n;
    let mut b = n;
    b = 2;
}

#[traced]
pub fn local(n: u8) -> Result<(), String> {
    let a = n;
    let mut b = n;
    Ok(())
}

#[traced]
pub fn needless_mut(mut n: u8) -> Result<u8, String> {
    Ok(n)
}

#[traced]
pub async fn needless_mut_later(mut n: u8) -> u8 {
    n
}

// No warning: the emitted code reads the value once, where it moves into the body.
#[traced]
pub fn assigned(mut n: u8) -> Result<(), String> {
    n = 2;
    Ok(())
}

// No warning: for a captured parameter rustc warns only about the value.
#[traced]
pub async fn assigned_later(mut n: u8) {
    n = 2;
}

// No warning: for a captured parameter rustc does not know the first value.
#[traced]
pub async fn overwritten_later(mut n: u8) -> u8 {
    n = 2;
    n
}

// No warning: the emitted code reads the value once, where it moves into the body.
#[traced]
pub fn overwritten(mut n: u8) -> Result<u8, String> {
    n = 2;
    Ok(n)
}

// No warning: rustc does not look into the emitted closure.
#[traced]
pub fn result() -> Result<(), String> {
    result();
    Ok(())
}

#[traced]
pub async fn result_later() -> Result<(), String> {
    result();
    Ok(())
}

#[traced]
pub async fn future_later() {
    result_later();
    future_never();
}

async fn future_never() {}

#[traced]
#[must_use]
pub fn needed() -> u8 {
    1
}

#[traced]
#[must_use]
pub async fn needed_later() -> u8 {
    needed();
    1
}

#[traced]
pub async fn calls() {
    needed_later().await;
    result_later().await;
}

#[traced]
fn dead() {}

#[traced]
async fn dead_later() -> Result<(), String> {
    Ok(())
}

#[traced]
pub fn parentheses(n: u8) -> u8 {
    (n)
}

#[traced]
pub async fn parentheses_later(n: u8) -> u8 {
    if (n == 1) { 1 } else { 2 }
}

#[traced]
pub fn item_inside() -> Result<(), String> {
    use std::fmt::Display;
    fn inner() {}
    Ok(())
}

#[traced]
pub async fn unused_label_later() {
    'a: loop {
        return;
    }
}

fn main() {}
