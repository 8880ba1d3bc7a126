struct S;

// Other text: the body is a nested block: rustc suggests no `Ok(())` at its end.
#[traced]
fn sync(text: &str) {
    let _n: u8 = text.parse()?;
}

// Other text: rustc calls an async function's block a function, and the emitted one a block.
#[traced]
async fn later(text: &str) {
    let _n: u8 = text.parse()?;
}

#[traced]
fn number(text: &str) -> u8 {
    text.parse::<u8>()?
}

// Other text: rustc calls an async function's block a function, and the emitted one a block.
#[traced]
async fn number_later(text: &str) -> u8 {
    text.parse::<u8>()?
}

// Other text: rustc calls an async function's block a function, and the emitted one a block.
#[traced]
async fn option_later(text: Option<u8>) -> Result<u8, String> {
    Ok(text?)
}

// Other text: the body is in a closure, and rustc calls it one.
#[traced]
fn option(text: Option<u8>) -> Result<u8, String> {
    Ok(text?)
}

impl S {
    // Other text: rustc calls an async function's block a function, and the emitted one a block.
    #[traced]
    async fn method_later(&self, text: &str) -> u8 {
        text.parse::<u8>()?
    }
}

fn main() {}
