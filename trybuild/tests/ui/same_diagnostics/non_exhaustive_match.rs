#[traced]
fn sync(x: Option<u8>) -> u8 {
    match x {
        Some(x) => x,
    }
}

#[traced]
async fn later(x: Option<u8>) -> u8 {
    match x {
        Some(x) => x,
    }
}

#[traced]
async fn let_later(x: Option<u8>) -> Result<u8, String> {
    let Some(y) = x;
    Ok(y)
}

#[traced]
fn parameter(Some(x): Option<u8>) -> u8 {
    x
}

#[traced]
async fn parameter_later(Some(x): Option<u8>) -> u8 {
    x
}

fn main() {}
