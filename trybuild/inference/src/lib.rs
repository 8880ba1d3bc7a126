//! Code whose types are inferred because only one type can be compared with an integer, a string or
//! a slice. `serde_json` anywhere among the dependencies adds a second one, `Value`, and the
//! compiler asks for annotations (`trybuild/fail/serde_json_among_the_dependencies.rs`).

use skywalking_runtime::local_span;

/// True if the text lists these numbers.
#[local_span]
pub fn lists(numbers: &[u64], text: &str) -> bool {
    let all: Vec<_> = text.split(',').map(|number| number.parse().unwrap_or_default()).collect();
    numbers == &all[..]
}

/// True if the text is this number.
#[local_span]
pub fn is(number: i32, text: &str) -> bool {
    text.parse().is_ok_and(|parsed| number == parsed)
}

#[cfg(test)]
mod tests {
    #[test]
    fn compares_what_it_inferred() {
        assert!(super::lists(&[1, 2], "1,2") && super::is(7, "7"));
        assert!(!super::lists(&[1], "2") && !super::is(7, "x"));
    }
}
