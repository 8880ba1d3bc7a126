//! A program whose `main` is traced inside the tokio runtime, and returns an error.
#![deny(warnings)]

#[tokio::main]
#[skywalking_runtime::entry_span(name = "main")]
async fn main() -> Result<(), String> {
    tokio::task::yield_now().await;
    Err("as it should".to_owned())
}
