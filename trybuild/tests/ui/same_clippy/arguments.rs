//! Arguments that use parameters, and items that nothing else uses.

use core::error::Error;
use std::fmt::Display;

/// A carrier without headers.
pub struct Request {
    name: String,
    headers: String,
}

/// A reason.
#[derive(Debug)]
struct Missing;

impl Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("missing")
    }
}

impl Error for Missing {}

/// The component's id.
const COMPONENT: i32 = 7;

/// A text. Public: clippy counts the calls of private functions, and an argument is one.
pub fn label(n: u32) -> String {
    format!("label {n}")
}

/// A message.
pub fn reason(n: &u32) -> Option<String> {
    (*n > 3).then(|| label(*n))
}

#[traced_with(tags(n))]
pub fn parameter(n: u32) {}

#[traced_with(name = label(n), component = COMPONENT)]
pub fn named(n: u32) -> String {
    println!("x");
    let text = String::new();
    text
}

#[traced_with(err(reason))]
pub fn by_function(text: &str) -> u32 {
    return text.to_string().len() as u32;
}

#[traced_with(err_ignore(Missing))]
pub fn ignored(text: &str) -> Result<usize, Box<dyn Error>> {
    if text.is_empty() {
        return Err(Box::new(Missing));
    }
    let n: usize = text.parse()?;
    Ok(n)
}

#[traced_with(tags("name" = %request.name), ret_tags("length" = |text| text.len()))]
pub fn field(request: &Request) -> String {
    fn inner() -> String {
        return String::new();
    }
    println!("x");
    inner()
}

#[traced_with(tags("length" = request.headers.len()))]
pub async fn later(request: Request) -> usize {
    std::future::ready(request.name.len()).await
}

#[traced_with(tags("name" = self.name, "headers" = self.headers))]
impl Request {
    /// A method.
    pub fn check(&self, list: &Vec<u32>) -> Result<u32, String> {
        let first = list.first().copied().unwrap();
        return Ok(first + self.name.len() as u32);
    }
}

/// A number.
#[derive(Debug, Copy)]
pub struct Number(u32);

#[traced_with(tags("n" = self.0))]
impl Clone for Number {
    fn clone(&self) -> Self {
        *self
    }
}
