//! Sync functions that return a `Result`, or an alias of one.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io;

/// An alias of `Result`.
pub type Answer = Result<u32, String>;

/// An error that is large.
pub struct Large([u8; 256]);

#[traced_value]
pub fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[traced]
pub fn question(text: &str) -> Result<u32, Box<dyn Error>> {
    let n: u32 = text.parse()?;
    Ok(n)
}

#[traced]
pub fn needless_question(text: &str) -> Result<u32, std::num::ParseIntError> {
    Ok(text.parse::<u32>()?)
}

#[traced_value]
pub fn needless_return(n: u32) -> Result<u32, String> {
    if n == 0 {
        return Err("zero".to_string());
    }
    return Ok(n);
}

#[traced]
pub fn let_and_return(text: &str) -> Result<u32, std::num::ParseIntError> {
    let answer = text.parse();
    answer
}

#[traced]
pub fn large(n: u32) -> Result<u32, Large> {
    if n == 0 { Err(Large([0; 256])) } else { Ok(n) }
}

#[traced]
pub fn unit() -> Result<(), ()> {
    println!("x");
    Ok(())
}

#[traced]
pub fn wrapped(n: u32) -> Result<u32, String> {
    Ok(n.count_ones())
}

#[traced]
pub fn alias(n: u32) -> Answer {
    if n == 0 {
        return Err(String::new());
    }
    Ok(n)
}

#[traced]
pub fn io_result(path: &str) -> io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(error),
    }
}

#[traced]
pub fn with_mut(mut n: u32, mut list: Vec<u32>) -> Result<Vec<u32>, String> {
    n += 1;
    list.push(n);
    Ok(list)
}

#[traced]
pub fn pattern((a, b): (u32, u32), [c, ..]: [u32; 3]) -> Result<u32, String> {
    let a = a + 1;
    Ok(a + b + c)
}

#[traced_value]
pub fn unused(_kept: String, n: u32) -> Result<u32, String> {
    Ok(n.leading_zeros())
}

#[traced]
pub fn opaque(n: u32) -> Result<impl Iterator<Item = u32>, impl fmt::Debug> {
    if n == 0 { Err("zero") } else { Ok(0..n) }
}

#[traced]
pub fn boxed(n: u32) -> Result<Box<dyn Fn(u32) -> u32>, String> {
    Ok(Box::new(move |m| m + n))
}

#[traced]
pub fn numbers(n: u64) -> Result<f64, String> {
    let half = 0.5;
    let one = 1;
    Ok(n as f64 * half + f64::from(one))
}

#[traced]
pub fn panics(list: &[u32]) -> Result<u32, String> {
    if list.is_empty() {
        panic!("nothing");
    }
    Ok(list[0] + list.first().copied().unwrap())
}

#[traced]
pub fn complex() -> Result<HashMap<String, Vec<Option<Box<dyn Fn(&str, &str) -> Result<(), Box<dyn Error>>>>>>, String> {
    Ok(HashMap::new())
}

#[traced]
pub fn borrowed_option(list: &Option<u32>) -> Result<&Option<u32>, String> {
    Ok(list)
}

#[traced]
pub fn moved(text: String, list: Vec<u32>) -> Result<usize, String> {
    Ok(text.len() + list.len())
}

#[traced]
pub fn referenced(n: &u32, text: &mut String) -> Result<u32, String> {
    Ok(*n + text.len() as u32)
}

#[traced]
pub fn inner_items(n: u32) -> Result<u32, String> {
    fn inner(n: u32) -> u32 {
        return n.trailing_zeros();
    }
    let add = |n: u32| -> u32 { return n + 1 };
    Ok(inner(n) + add(n))
}

#[traced]
pub fn needless_borrow(text: &str) -> Result<usize, String> {
    let text = &text;
    Ok(unused(text.to_string(), 3)? as usize + wrapped(3).unwrap() as usize)
}

#[traced]
#[rustfmt::skip]
pub fn one_line(n: u32) -> Result<u32, u32> { Ok(n.swap_bytes()) }
