#[traced]
fn sync() -> ! {
    1
}

// Other error: an async block has no declared return type, so rustc points at the whole body.
#[traced]
async fn later() -> ! {
    1
}

#[traced]
async fn falls_through_later() -> ! {
    let _a = 1;
}

fn main() {}
