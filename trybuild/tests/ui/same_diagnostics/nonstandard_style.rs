#[traced]
pub fn NotSnake(BadParam: u8) -> u8 {
    let BadLocal = BadParam;
    BadLocal
}

#[traced]
pub async fn NotSnakeLater(BadParam: u8) -> Result<u8, u8> {
    let BadLocal = BadParam;
    Ok(BadLocal)
}

#[traced]
pub async fn mutLater(mut BadParam: u8) -> Result<u8, u8> {
    BadParam += 1;
    Ok(BadParam)
}

#[traced]
pub fn deprecated_inside() -> Result<(), String> {
    old();
    Ok(())
}

#[deprecated(note = "no longer")]
#[traced]
pub fn old() {}

#[traced]
pub async fn deprecated_inside_later() {
    old();
}

fn main() {}
