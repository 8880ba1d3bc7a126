#[traced]
fn sync(a: &str, b: &str) -> &str {
    a
}

#[traced]
async fn later(a: &str, b: &str) -> &str {
    a
}

#[traced]
async fn failing_later(a: &str, b: &str) -> Result<&str, String> {
    Ok(a)
}

fn main() {}
