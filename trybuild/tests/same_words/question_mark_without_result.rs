struct S;

// Other words: the body is a block of its own, so rustc does not offer an `Ok(())` at its end.
#[traced]
fn sync(text: &str) {
    let _n: u8 = text.parse()?;
}

// Other words: rustc calls an async function's own block a function, and ours a block.
#[traced]
async fn later(text: &str) {
    let _n: u8 = text.parse()?;
}

#[traced]
fn number(text: &str) -> u8 {
    text.parse::<u8>()?
}

// Other words: rustc calls an async function's own block a function, and ours a block.
#[traced]
async fn number_later(text: &str) -> u8 {
    text.parse::<u8>()?
}

// Other words: rustc calls an async function's own block a function, and ours a block.
#[traced]
async fn option_later(text: Option<u8>) -> Result<u8, String> {
    Ok(text?)
}

// Other words: rustc calls the closure around the body a closure.
#[traced]
fn option(text: Option<u8>) -> Result<u8, String> {
    Ok(text?)
}

impl S {
    // Other words: rustc calls an async function's own block a function, and ours a block.
    #[traced]
    async fn method_later(&self, text: &str) -> u8 {
        text.parse::<u8>()?
    }
}

fn main() {}
