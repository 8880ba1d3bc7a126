#[traced]
async fn number() -> Result<u8, String> {
    Ok(1)
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn later() -> u8 {
    number()
}

#[traced]
async fn adds_later() -> Result<u8, String> {
    Ok(number()? + 1)
}

#[traced]
fn sync() -> u8 {
    number().unwrap()
}

// Other text: the body is in a closure, and rustc calls it one.
#[traced]
fn awaits_in_sync() -> Result<u8, String> {
    number().await
}

#[traced]
fn awaits_without_result() {
    let _ = number().await;
}

fn main() {}
