//! A program whose `main` is traced, including its tokio runtime.
#![deny(warnings)]

#[skywalking_runtime::entry_span(name = "main")]
#[tokio::main]
async fn main() {
    tokio::task::yield_now().await;
}
