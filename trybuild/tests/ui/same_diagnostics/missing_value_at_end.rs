#[traced]
fn sync() -> u8 {
    let _a = 1;
}

#[traced]
async fn later() -> u8 {
    let _a = 1;
}

// Other text: the body is in a closure, and rustc calls it one.
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

// Other text: the body is in a closure, and rustc calls it one.
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

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn loop_later(n: u8) -> Result<(), String> {
    while n > 1 {}
}

fn main() {}
