//! Sync functions that return no `Result`.

use std::collections::HashMap;
use std::fmt::Display;

/// A type of the program.
pub struct Item {
    name: String,
    count: u32,
}

/// An alias of a type other than `Result`.
pub type Items = Vec<Item>;

#[traced]
pub fn nothing() {}

#[traced]
pub fn statement(n: u32) {
    println!("{n}");
}

#[traced_value]
pub fn number(n: u32) -> u32 {
    n + 1
}

#[traced]
pub fn early(n: u32) -> u32 {
    if n == 0 {
        return 1;
    }
    n * 2
}

#[traced]
pub fn needless_return(n: u32) -> u32 {
    return n + 1;
}

#[traced]
pub fn block_as_tail(n: u32) -> u32 {
    if n > 3 {
        let m = n + 1;
        m
    } else {
        n
    }
}

#[traced]
pub fn let_and_return(n: u32) -> u32 {
    let m = n.count_ones();
    m
}

#[traced_value]
pub fn item(name: &str) -> Item {
    Item { name: name.to_string(), count: 1 }
}

#[traced]
pub fn items(names: &Vec<String>) -> Items {
    names.iter().map(|name| item(name)).collect()
}

#[traced]
pub fn generic<T: Display + Clone>(value: T) -> T {
    println!("{}", value);
    value.clone()
}

#[traced_value]
pub fn borrowed<'a>(map: &'a HashMap<String, Item>, key: &str) -> Option<&'a Item> {
    match map.get(key) {
        Some(item) => Some(item),
        None => None,
    }
}

#[traced]
pub fn opaque(n: u32) -> impl Iterator<Item = u32> {
    (0..n).filter(|x| x % 2 == 0).map(|x| x * 3)
}

#[traced]
pub fn boxed(n: u32) -> Box<dyn Fn(u32) -> u32> {
    Box::new(move |m| m + n)
}

#[traced]
pub fn shadows(n: u32) -> u32 {
    let n = n + 1;
    let n = n.pow(2);
    n
}

#[traced]
pub fn with_mut(mut n: u32, mut list: Vec<u32>) -> Vec<u32> {
    n += 1;
    list.push(n);
    list
}

#[traced]
pub fn pattern((a, b): (u32, u32), Item { name, count }: Item) -> u32 {
    drop(name);
    a + b + count
}

#[traced]
pub fn unused(_kept: &str, n: u32) -> u32 {
    n.leading_zeros()
}

#[traced]
pub fn floats(a: f64) -> f64 {
    let b = 1.0;
    let c = 3;
    a + b + f64::from(c)
}

#[traced]
pub fn panics(list: &[u32]) -> u32 {
    if list.is_empty() {
        panic!("nothing");
    }
    list[0] + list.first().copied().unwrap()
}

#[traced]
#[track_caller]
pub fn located(n: Option<u32>) -> u32 {
    n.expect("a number")
}

#[traced]
#[must_use]
#[inline]
pub fn attributes(n: u32) -> u32 {
    n.rotate_left(3)
}

#[traced]
pub unsafe fn is_unsafe(n: *const u32) -> u32 {
    unsafe { *n }
}

#[traced]
pub extern "C" fn is_extern(n: u32) -> u32 {
    n.swap_bytes()
}

#[traced]
pub fn never(n: u32) -> ! {
    loop {
        println!("{n}");
    }
}

#[traced]
pub fn many(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32) -> u32 {
    a + b + c + d + e + f + g + h
}

#[traced_value]
pub fn moved(text: String) -> usize {
    text.len()
}

#[traced]
pub fn matches(n: Option<u32>) -> bool {
    match n {
        Some(m) if m > 3 => true,
        _ => false,
    }
}

#[traced]
pub fn inner_items(n: u32) -> u32 {
    fn inner(n: u32) -> u32 {
        return n.trailing_zeros();
    }
    const M: u32 = 3;
    inner(n) + M
}

#[traced]
pub fn closures(list: &[u32]) -> Vec<u32> {
    let add = |n: u32| -> u32 { return n + 1 };
    list.iter().map(|n| add(*n)).collect::<Vec<_>>()
}

#[traced]
pub fn loops(list: &[u32]) -> u32 {
    let mut sum = 0;
    for i in 0..list.len() {
        sum += list[i];
    }
    sum
}

#[traced]
pub fn complex() -> HashMap<String, Vec<Option<Box<dyn Fn(&str, &str) -> Result<(), Box<dyn std::error::Error>>>>>> {
    HashMap::new()
}

#[traced]
#[rustfmt::skip]
pub fn one_line(n: u32) -> u32 { n.swap_bytes() }
