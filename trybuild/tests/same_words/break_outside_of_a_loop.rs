// Other words: the body is a block of its own, which could have a label.
#[traced]
fn sync() {
    break;
}

// Other words: rustc calls an async function's own block a function, and ours a block.
#[traced]
async fn later() {
    break;
}

// Other fault: rustc calls the closure around the body a closure.
#[traced]
fn failing() -> Result<(), String> {
    continue;
}

#[traced]
async fn label_later() {
    loop {
        break 'outer;
    }
}

fn main() {}
