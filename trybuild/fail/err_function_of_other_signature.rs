//! The function in `err(PATH)` has another signature.

use skywalking_runtime::local_span;

fn of_a_string(text: &String) -> Option<&str> {
    Some(text)
}

fn without_option(reply: &Result<u8, String>) -> String {
    format!("{reply:?}")
}

#[local_span(err(of_a_string))]
fn f() -> Result<u8, String> {
    Ok(1)
}

#[local_span(err(without_option))]
fn g() -> Result<u8, String> {
    Ok(1)
}

fn main() {}
