#[traced]
pub fn sync() -> u8 {
    sync()
}

// No warning: rustc does not look into the emitted closure.
#[traced]
pub fn failing() -> Result<u8, String> {
    failing()
}

fn main() {}
