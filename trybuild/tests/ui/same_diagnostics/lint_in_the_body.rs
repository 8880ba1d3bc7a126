#[traced]
pub fn sync() -> bool {
    let a: u8 = 300;
    a >= 0
}

#[traced]
pub async fn later(x: u8) -> Result<bool, String> {
    let y = 1 / 0;
    while true {}
    Ok(x >= 0 && y == 1)
}

fn main() {}
