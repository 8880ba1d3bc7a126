#[traced]
fn sync() -> u8 {
    let a = 1
    a
}

fn main() {}
