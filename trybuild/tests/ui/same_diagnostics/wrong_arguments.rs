#[traced]
fn sync(a: u8, b: &str) -> u8 {
    a
}

#[traced]
async fn later(a: u8, b: &str) -> Result<u8, String> {
    sync(a);
    sync(a, b, b);
    sync(b, a);
    Ok(a)
}

#[traced]
fn calls() -> Result<(), String> {
    sync();
    later("x");
    Ok(())
}

fn main() {
    sync(1);
    later(1, 2);
}
