fn shown<T: std::fmt::Display>(_: T) {}

struct Silent;

#[traced]
fn generic<T>(x: T) {
    shown(x);
}

#[traced]
async fn generic_later<T>(x: T) {
    shown(x);
}

#[traced]
fn generic_failing<T>(x: T) -> Result<T, String> {
    shown(x);
    Ok(x.clone())
}

#[traced]
async fn later(x: Silent) -> Result<(), Silent> {
    shown(x);
    Ok(())
}

#[traced]
async fn converts_later(x: u64) -> Silent {
    x.into()
}

// Other text: rustc points at the whole body, not at its last expression.
#[traced]
fn opaque() -> impl std::fmt::Display {
    Silent
}

#[traced]
async fn opaque_later() -> impl std::fmt::Display {
    Silent
}

// Other text: rustc does not point at the last expression of the emitted closure.
#[traced]
fn opaque_failing() -> Result<impl std::fmt::Display, String> {
    Ok(Silent)
}

#[traced]
async fn opaque_failing_later() -> Result<impl std::fmt::Display, String> {
    Ok(Silent)
}

fn main() {}
