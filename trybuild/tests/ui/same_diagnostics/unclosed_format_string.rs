#[traced]
fn sync(n: u8) -> String {
    format!("{n")
}

#[traced]
async fn later(n: u8) -> String {
    format!("{n")
}

#[traced]
fn failing(n: u8) -> Result<String, u8> {
    Ok(format!("{n:"))
}

#[traced]
async fn failing_later(n: u8) -> Result<String, u8> {
    Ok(format!("n}"))
}

fn main() {}
