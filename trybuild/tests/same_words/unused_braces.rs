#![warn(unused)]

// Lost warning: the body is in braces of ours, for which rustc is told not to look.
#[traced]
#[rustfmt::skip]
pub fn f(n: u8) -> u8 { { n } }

// Lost warning: the body is in braces of ours, for which rustc is told not to look.
#[traced]
#[rustfmt::skip]
pub async fn g(n: u8) -> u8 { { n } }

// Lost warning: the body is in braces of ours, for which rustc is told not to look.
#[traced]
#[rustfmt::skip]
pub async fn h(n: u8) -> Result<u8, u8> { { Ok(n) } }

fn main() {}
