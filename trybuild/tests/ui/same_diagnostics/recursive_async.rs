// Other text: the call is in the emitted block.
#[traced]
async fn later(n: u8) -> u8 {
    if n == 0 { 0 } else { later(n - 1).await }
}

fn main() {}
