#[traced]
async fn later() -> Result<u8, String> {
    let a = 1
    Ok(a)
}

fn main() {}
