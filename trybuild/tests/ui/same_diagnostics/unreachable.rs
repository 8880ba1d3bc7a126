#[traced]
pub fn sync() -> u8 {
    return 1;
    2
}

#[traced]
pub async fn later() -> u8 {
    return 1;
    2
}

#[traced]
pub fn failing() -> Result<u8, String> {
    return Ok(1);
    Ok(2)
}

#[traced]
pub async fn failing_later() -> Result<u8, String> {
    return Ok(1);
    Ok(2)
}

#[traced]
pub fn after_panic() -> Result<u8, String> {
    panic!("x");
    Ok(2)
}

#[traced]
pub async fn after_panic_later() {
    panic!("x");
    println!();
}

#[traced]
pub fn never() -> ! {
    panic!("x");
    println!();
}

#[traced]
pub async fn never_later() -> ! {
    panic!("x")
}

#[traced]
pub async fn only_panics_later() -> Result<u8, String> {
    panic!("x")
}

#[traced]
pub fn only_panics() -> Result<u8, String> {
    todo!()
}

#[traced]
pub async fn diverges_at_the_end_later() -> u8 {
    return 1;
}

#[traced]
pub fn diverges_at_the_end() -> Result<u8, String> {
    return Ok(1);
}

fn main() {}
