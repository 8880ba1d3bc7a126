struct S;

#[traced]
fn sync() -> u8 {
    "a"
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn later() -> u8 {
    "b"
}

#[traced]
fn failing() -> Result<u8, String> {
    "c"
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
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

// Other text: an async block has no declared return type: rustc points at where it inferred it.
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

    // Other text: an async block has no declared return type: rustc points at where it inferred it.
    #[traced]
    async fn method_later(&self) -> Vec<u8> {
        self
    }
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn reference_later(text: &str) -> &str {
    text.len()
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn branches_later(yes: bool) -> Option<u8> {
    if yes { Some(1) } else { 2 }
}

fn main() {}
