// Other text: the body is a nested block, which can have a label.
#[traced]
fn sync() {
    break;
}

// Other text: rustc calls the block of an async function a function, and the emitted one a block.
#[traced]
async fn later() {
    break;
}

// Other error: the body is in a closure, and rustc calls it one.
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
