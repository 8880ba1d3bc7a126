#![warn(unused)]

// No warning: the emitted braces around the body allow this lint.
#[traced]
#[rustfmt::skip]
pub fn f(n: u8) -> u8 { { n } }

// No warning: the emitted braces around the body allow this lint.
#[traced]
#[rustfmt::skip]
pub async fn g(n: u8) -> u8 { { n } }

// No warning: the emitted braces around the body allow this lint.
#[traced]
#[rustfmt::skip]
pub async fn h(n: u8) -> Result<u8, u8> { { Ok(n) } }

fn main() {}
