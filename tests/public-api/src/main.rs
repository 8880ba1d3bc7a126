//! Prints the public API of a crate, one item a line: `skywalking-public-api RUSTDOC_JSON`.

use std::process::ExitCode;

use public_api::Builder;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: skywalking-public-api RUSTDOC_JSON");
        return ExitCode::FAILURE;
    };
    // Blanket and auto trait implementations are the same for almost every type.
    let api = Builder::from_rustdoc_json(&path)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    match api {
        Ok(api) => {
            print!("{api}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
