//! What `trybuild/inference` guards against: its code beside `serde_json`.

use serde_json as _;

fn lists(numbers: &[u64], text: &str) -> bool {
    let all: Vec<_> = text.split(',').map(|number| number.parse().unwrap_or_default()).collect();
    numbers == &all[..]
}

fn main() {
    assert!(lists(&[1, 2], "1,2"));
}
