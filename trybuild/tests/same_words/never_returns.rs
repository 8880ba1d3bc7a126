#[traced]
fn sync() -> ! {
    1
}

// Other fault: nothing tells an async block that it never returns, so the whole body is shown.
#[traced]
async fn later() -> ! {
    1
}

#[traced]
async fn falls_through_later() -> ! {
    let _a = 1;
}

fn main() {}
