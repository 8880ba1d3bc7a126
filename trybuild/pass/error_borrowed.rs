//! Values and errors that borrow from the parameters.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
async fn named<'a>(text: &'a str, error: &'a str) -> Result<&'a str, &'a str> {
    if text.is_empty() { Err(error) } else { Ok(text) }
}

#[local_span]
fn elided(text: &[u8]) -> Result<&str, std::str::Utf8Error> {
    std::str::from_utf8(text)
}

#[local_span]
async fn elided_later(text: &str) -> std::io::Result<std::slice::Iter<'_, u8>> {
    Ok(text.as_bytes().iter())
}

#[local_span]
fn mutably(items: &mut [u8]) -> Result<&mut u8, &'static str> {
    items.first_mut().ok_or("empty")
}

#[test]
fn outlive_the_span() {
    spans(|| {
        assert_eq!(block_on(named("", "e")), Err("e"));
        assert_eq!(elided(b"x"), Ok("x"));
        assert!(elided(b"\xff").is_err());
        assert_eq!(block_on(elided_later("xy")).unwrap().count(), 2);
        assert_eq!(mutably(&mut []), Err("empty"));
        *mutably(&mut [1]).unwrap() = 2;
    })
    .are(
        "
        Local pass::error_borrowed::named ERROR [event=error error.kind=&str message=e]
        Local pass::error_borrowed::elided
        Local pass::error_borrowed::elided ERROR [event=error error.kind=core::str::error::Utf8Error message=invalid utf-8 sequence of 1 bytes from index 0]
        Local pass::error_borrowed::elided_later
        Local pass::error_borrowed::mutably ERROR [event=error error.kind=&str message=empty]
        Local pass::error_borrowed::mutably
        ",
    );
}
