struct S;

#[traced]
fn sync() -> u8 {
    "a"
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn later() -> u8 {
    "b"
}

#[traced]
fn failing() -> Result<u8, String> {
    "c"
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn failing_later() -> Result<u8, String> {
    "d"
}

#[traced]
async fn wrapped_later() -> Result<u8, String> {
    Ok("e")
}

#[traced]
fn wrapped() -> Result<u8, String> {
    Ok("f")
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn unit_later() {
    5
}

#[traced]
fn unit() {
    5
}

impl S {
    #[traced]
    fn method(&self) -> Vec<u8> {
        self
    }

    // Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
    #[traced]
    async fn method_later(&self) -> Vec<u8> {
        self
    }
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn reference_later(text: &str) -> &str {
    text.len()
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn branches_later(yes: bool) -> Option<u8> {
    if yes { Some(1) } else { 2 }
}

fn main() {}
