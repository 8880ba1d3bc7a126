#[traced]
fn sync() -> &'static str {
    let text = String::new();
    &text
}

#[traced]
async fn later() -> &'static str {
    let text = String::new();
    &text
}

#[traced]
fn failing() -> Result<&'static str, String> {
    let text = String::new();
    Ok(&text)
}

#[traced]
async fn failing_later() -> Result<&'static str, String> {
    let text = String::new();
    Ok(&text)
}

// Other text: the parameter is a local of the emitted closure.
#[traced]
fn parameter(text: String) -> Result<&'static str, String> {
    Ok(text.as_str())
}

// Other text: the parameter is captured.
#[traced]
async fn parameter_later(text: String) -> &'static str {
    text.as_str()
}

// Other error: the parameter is captured, and outlives the block.
#[traced]
async fn closure_later(n: u8) -> Box<dyn Fn() -> u8> {
    Box::new(|| n)
}

#[traced]
fn closure(n: u8) -> Result<Box<dyn Fn() -> u8>, u8> {
    Ok(Box::new(|| n))
}

fn main() {}
