#[traced]
pub fn sync() -> u8 {
    sync()
}

// Lost warning: rustc does not look into the closure around the body.
#[traced]
pub fn failing() -> Result<u8, String> {
    failing()
}

fn main() {}
