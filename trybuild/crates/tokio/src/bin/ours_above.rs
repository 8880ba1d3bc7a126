//! A program whose `main` is traced, runtime and all.
#![deny(warnings)]

#[skywalking_runtime::entry_span(name = "main")]
#[tokio::main]
async fn main() {
    tokio::task::yield_now().await;
}
