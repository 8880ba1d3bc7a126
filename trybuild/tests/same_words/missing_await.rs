#[traced]
async fn number() -> Result<u8, String> {
    Ok(1)
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
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

// Other words: rustc calls the closure around the body a closure.
#[traced]
fn awaits_in_sync() -> Result<u8, String> {
    number().await
}

#[traced]
fn awaits_without_result() {
    let _ = number().await;
}

fn main() {}
