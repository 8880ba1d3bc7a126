mod inner {
    pub struct S(u8);
}

unsafe fn danger() {}

#[traced]
fn sync(s: inner::S) -> u8 {
    danger();
    s.0
}

#[traced]
async fn later(s: inner::S) -> u8 {
    danger();
    s.0
}

#[traced]
fn failing(s: inner::S) -> Result<u8, String> {
    danger();
    Ok(s.0)
}

#[traced]
unsafe fn unsafe_failing() -> Result<u8, String> {
    danger();
    Ok(1)
}

fn main() {}
