//! Methods: in traced impl blocks, in other impl blocks, and in traits.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::future::{Future, ready};
use std::hash::{Hash, Hasher};
use std::ops::{Add, Deref};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

/// An error that is large.
pub struct Large([u8; 256]);

/// A shop.
#[derive(Debug, PartialEq, Eq)]
pub struct Shop {
    name: String,
    rank: u32,
}

/// Its number.
#[derive(Debug, PartialEq, Eq, Copy)]
pub struct Number(u32);

impl Shop {
    #[traced]
    pub fn new(name: &str) -> Self {
        Shop { name: name.to_owned(), rank: 0 }
    }

    #[traced]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[traced]
    pub fn rename(&mut self, name: String) -> &mut Self {
        self.name = name;
        self
    }

    #[traced]
    pub fn with_rank(mut self, rank: u32) -> Self {
        self.rank = rank;
        self
    }

    #[traced]
    pub fn no_self(&self, n: u32) -> u32 {
        n.count_ones()
    }

    #[traced]
    pub fn check(&self, n: u32) -> Result<u32, fmt::Error> {
        if self.name.is_empty() {
            return Err(fmt::Error);
        }
        return Ok(n);
    }

    #[traced]
    pub fn take(self) -> Result<String, Large> {
        if self.rank == 0 { Err(Large([0; 256])) } else { Ok(self.name) }
    }

    #[traced]
    pub async fn read(&self) -> Result<u32, Box<dyn Error>> {
        Ok(ready(self.rank).await)
    }

    #[traced]
    pub async fn change(&mut self, n: u32) -> u32 {
        self.rank += n;
        ready(self.rank).await
    }

    #[traced]
    pub async fn needless_self(&self) -> u32 {
        ready(3).await
    }

    #[traced]
    pub fn shared(self: Arc<Self>) -> usize {
        self.name.len()
    }
}

#[traced_block]
impl Shop {
    /// Without `self`.
    pub fn other(name: String) -> Shop {
        Shop { name, rank: 1 }
    }

    /// Returns a `Result`.
    pub fn find(&self, mut n: u32) -> Result<u32, Large> {
        n += self.rank;
        Ok(n)
    }

    /// Async.
    pub async fn search(&self, text: &str) -> Option<usize> {
        ready(()).await;
        return self.name.find(text);
    }

    /// Unused.
    fn secret(&self) -> u32 {
        let n = self.rank;
        n
    }
}

#[traced_block]
impl PartialOrd for Shop {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[traced_block]
impl Ord for Shop {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

#[traced_block]
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

#[traced_block]
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

#[traced_block]
impl Clone for Number {
    fn clone(&self) -> Self {
        *self
    }
}

/// Its letter.
#[derive(Debug, Copy)]
pub struct Letter(char);

#[traced_block]
impl Clone for Letter {
    fn clone(&self) -> Self {
        Letter(self.0)
    }
}

#[traced_block]
impl Default for Shop {
    fn default() -> Self {
        Self { name: String::new(), rank: 0 }
    }
}

#[traced_block]
impl Hash for Shop {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank.hash(state);
    }
}

#[traced_block]
impl fmt::Display for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)
    }
}

#[traced_block]
impl FromStr for Shop {
    type Err = Large;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() { Err(Large([0; 256])) } else { Ok(Self::new(text)) }
    }
}

#[traced_block]
impl From<&str> for Shop {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[traced_block]
impl Iterator for Shop {
    type Item = u32;

    fn next(&mut self) -> Option<Self::Item> {
        self.rank = self.rank.checked_sub(1)?;
        Some(self.rank)
    }
}

#[traced_block]
impl Deref for Shop {
    type Target = String;

    fn deref(&self) -> &Self::Target {
        &self.name
    }
}

#[traced_block]
impl Add for Number {
    type Output = Number;

    fn add(self, other: Number) -> Number {
        Number(self.0 - other.0)
    }
}

/// Can be closed.
pub struct Door(u32);

#[traced_block]
impl Drop for Door {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

/// A store.
pub trait Store {
    /// The error.
    type Error;

    /// Returns a `Result`.
    fn load(&self, key: &str) -> Result<u32, Large>;

    /// Returns an associated type.
    fn find(&self, key: &str) -> Result<u32, Self::Error>;

    /// Async.
    fn fetch(&self, key: &str) -> impl Future<Output = Result<u32, Self::Error>>;

    /// Returns a box.
    fn boxed<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = Result<u32, String>> + 'a>>;

    /// Has a default body.
    #[traced]
    fn provided(&self, key: &str) -> Result<u32, Large> {
        return self.load(key);
    }
}

impl Store for Shop {
    type Error = Large;

    #[traced]
    fn load(&self, key: &str) -> Result<u32, Large> {
        if key.is_empty() { Err(Large([0; 256])) } else { Ok(self.rank) }
    }

    #[traced]
    fn find(&self, key: &str) -> Result<u32, Self::Error> {
        self.load(key)
    }

    #[traced]
    async fn fetch(&self, key: &str) -> Result<u32, Self::Error> {
        ready(()).await;
        self.load(key)
    }

    #[traced_future]
    fn boxed<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = Result<u32, String>> + 'a>> {
        let n = key.len() as u32;
        Box::pin(async move { Ok(self.rank + n) })
    }
}
