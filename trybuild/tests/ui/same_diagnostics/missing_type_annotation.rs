#[traced]
fn sync() {
    let list = Vec::new();
}

#[traced]
async fn later() {
    let list = Vec::new();
}

#[traced]
fn failing() -> Result<(), String> {
    let n = "1".parse()?;
    Ok(())
}

#[traced]
async fn collects_later() -> Result<(), String> {
    let list = (0..1).collect();
    Ok(())
}

#[traced]
async fn default_later() {
    let x = Default::default();
}

fn main() {}
