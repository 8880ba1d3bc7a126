#[traced]
fn sync() -> u8 {
    let _a = 1;
}

#[traced]
async fn later() -> u8 {
    let _a = 1;
}

// Other words: rustc calls the closure around the body a closure.
#[traced]
fn failing() -> Result<u8, String> {
    let _a = 1;
}

#[traced]
async fn failing_later() -> Result<u8, String> {
    let _a = 1;
}

#[traced]
fn semicolon() -> u8 {
    1;
}

#[traced]
async fn semicolon_later() -> u8 {
    1;
}

// Other words: rustc calls the closure around the body a closure.
#[traced]
fn semicolon_failing() -> Result<u8, String> {
    Ok(1);
}

#[traced]
async fn semicolon_failing_later() -> Result<u8, String> {
    Ok(1);
}

#[traced]
fn empty() -> u8 {}

#[traced]
async fn empty_later() -> u8 {}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn loop_later(n: u8) -> Result<(), String> {
    while n > 1 {}
}

fn main() {}
