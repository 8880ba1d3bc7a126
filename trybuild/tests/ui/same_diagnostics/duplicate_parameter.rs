#[traced]
fn sync(a: u8, a: u8) -> u8 {
    a
}

#[traced]
async fn later(a: u8, a: u8) -> u8 {
    a
}

fn main() {}
