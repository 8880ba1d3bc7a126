//! Twenty functions of the kinds that programs annotate. Fifty copies of this file, each with its
//! own `N`, are a thousand. `traced` is replaced by the attribute, and removed in the plain crate.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::hint::black_box;
use std::num::ParseIntError;

use crate::drive::drive;

const N: u64 = 0;

#[derive(Debug)]
pub enum OrderError {
    Empty,
    Number(ParseIntError),
}

impl Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "order {N} is empty"),
            Self::Number(error) => write!(f, "order {N}: {error}"),
        }
    }
}

impl std::error::Error for OrderError {}

impl From<ParseIntError> for OrderError {
    fn from(error: ParseIntError) -> Self {
        Self::Number(error)
    }
}

#[derive(Debug, Default)]
pub struct Orders {
    prices: BTreeMap<u64, u64>,
    changes: u64,
}

impl Orders {
    #[traced]
    pub fn new() -> Self {
        Self { prices: BTreeMap::from([(N, N * 3)]), changes: N }
    }

    #[traced]
    pub fn price(&self, order: u64) -> Option<u64> {
        self.prices.get(&order).map(|price| price + N)
    }

    #[traced]
    pub fn set_price(&mut self, order: u64, price: u64) {
        self.changes += N + 1;
        self.prices.insert(order, price);
    }

    #[traced]
    pub fn checked_price(&self, order: &str) -> Result<u64, OrderError> {
        let number: u64 = order.trim().parse()?;
        self.prices.get(&(number + N)).copied().ok_or(OrderError::Empty)
    }

    #[traced]
    pub async fn total(&self) -> u64 {
        let tax = tax(self.changes + N).await;
        self.prices.values().sum::<u64>() + tax
    }

    #[traced]
    pub async fn reserve(&self, order: u64) -> Result<u64, OrderError> {
        let price = self.prices.get(&order).copied().ok_or(OrderError::Empty)?;
        let tax = tax(price).await;
        Ok(price + tax + N)
    }
}

#[traced]
pub fn ping() -> u64 {
    black_box(N)
}

#[traced]
pub fn label(user: u64, city: &str) -> String {
    format!("{city}/{}", user + N)
}

#[traced]
pub fn largest(values: &[u64]) -> Option<u64> {
    values.iter().copied().filter(|value| *value != N).max()
}

#[traced]
pub fn parsed(text: &str) -> Result<u64, ParseIntError> {
    let (left, right) = text.split_once('+').unwrap_or((text, "0"));
    Ok(left.parse::<u64>()? + right.parse::<u64>()? + N)
}

#[traced]
pub fn validated(items: Vec<u64>, limit: usize) -> Result<Vec<u64>, OrderError> {
    if items.is_empty() {
        return Err(OrderError::Empty);
    }
    Ok(items.into_iter().take(limit).map(|item| item ^ N).collect())
}

#[traced]
pub fn shown<T: Display>(value: T) -> String {
    format!("<{value}> {N}")
}

#[traced]
pub fn counted(words: &str, counts: &mut BTreeMap<String, u64>) {
    for word in words.split_whitespace() {
        *counts.entry(word.to_owned()).or_insert(N) += 1;
    }
}

#[traced]
pub async fn tax(price: u64) -> u64 {
    black_box(price) / 5 + N
}

#[traced]
pub async fn heartbeat() {
    black_box(N);
}

#[traced]
pub async fn greeting(name: String, times: usize) -> String {
    let tax = tax(times as u64).await;
    format!("{} {tax} {N}", name.repeat(times))
}

#[traced]
pub async fn sum_of(orders: Vec<u64>) -> u64 {
    let mut sum = N;
    for order in orders {
        sum += tax(order).await;
    }
    sum
}

#[traced]
pub async fn fetched(text: String) -> Result<u64, OrderError> {
    let number: u64 = text.trim().parse()?;
    heartbeat().await;
    let tax = tax(number).await;
    if tax == N { Err(OrderError::Empty) } else { Ok(tax) }
}

#[traced]
pub async fn stored<T: Display + Send>(value: T, times: u64) -> Result<String, OrderError> {
    if times == N {
        return Err(OrderError::Empty);
    }
    let tax = tax(times).await;
    Ok(format!("{value} {tax}"))
}

#[traced]
pub async fn handled(path: &'static str, body: String) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let number = fetched(body).await?;
    let stored = stored(path, number).await?;
    Ok(format!("{path}: {stored}"))
}

/// Calls all of them through pointers that the compiler cannot see through. `drive` does the same
/// for the async functions.
pub fn call_all() -> u64 {
    let mut orders = black_box(Orders::new as fn() -> Orders)();
    black_box(Orders::set_price as fn(&mut Orders, u64, u64))(&mut orders, 7, N);
    let orders: &'static Orders = Box::leak(Box::new(orders));
    let mut sum = black_box(Orders::price as fn(&'static Orders, u64) -> Option<u64>)(orders, 7).unwrap_or(N);
    sum += black_box(Orders::checked_price as fn(&'static Orders, &'static str) -> Result<u64, OrderError>)(orders, "7").unwrap_or(N);
    sum += drive(Orders::total(orders));
    sum += drive(Orders::reserve(orders, 7)).unwrap_or(N);
    sum += black_box(ping as fn() -> u64)();
    sum += length(black_box(label as fn(u64, &'static str) -> String)(7, "here"));
    sum += black_box(largest as fn(&'static [u64]) -> Option<u64>)(&[1, N]).unwrap_or(N);
    sum += black_box(parsed as fn(&'static str) -> Result<u64, ParseIntError>)("3+4").unwrap_or(N);
    sum += black_box(validated as fn(Vec<u64>, usize) -> Result<Vec<u64>, OrderError>)(vec![N, 2], 1).map_or(N, |items| items.len() as u64);
    sum += length(black_box(shown::<u64> as fn(_) -> String)(N));
    sum += length(black_box(shown::<&'static str> as fn(_) -> String)("text"));
    let mut counts = BTreeMap::new();
    black_box(counted as fn(&'static str, &mut BTreeMap<String, u64>))("a b a", &mut counts);
    sum += counts.len() as u64;
    sum += drive(tax(N));
    drive(heartbeat());
    sum += length(drive(greeting("you".to_owned(), 2)));
    sum += drive(sum_of(vec![1, 2, N]));
    sum += drive(fetched("12".to_owned())).unwrap_or(N);
    sum += drive(stored::<u64>(N, 2)).map_or(N, length);
    sum += drive(stored::<String>("text".to_owned(), 2)).map_or(N, length);
    sum += drive(handled("/orders", "12".to_owned())).map_or(N, length);
    sum
}

fn length(text: String) -> u64 {
    text.len() as u64
}
