struct Silent;

#[traced]
fn sync(n: &Silent) -> String {
    format!("{n} {n:?}")
}

#[traced]
async fn later(n: &Silent) -> String {
    format!("{n} {n:?}")
}

#[traced]
async fn failing_later(n: &Silent) -> Result<String, u8> {
    println!("{n}");
    Ok(n.to_string())
}

fn main() {}
