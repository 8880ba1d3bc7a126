//! `cargo run -p skywalking-codegen` writes the Rust of `skywalking-proto` anew; with `-- --check` it writes nothing
//! there, and fails when what is checked in is not what it would write.

use std::process::ExitCode;

use skywalking_codegen::{Error, check, generate, generated_dir};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => generate(&generated_dir()).map(|path| format!("wrote {}", path.display())),
        ["--check"] => check_in_scratch(),
        _ => {
            eprintln!("unknown arguments {arguments:?}: give none to write, or --check to compare");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares by way of a folder of this process's own, which is gone afterwards.
fn check_in_scratch() -> Result<String, Error> {
    let scratch = std::env::temp_dir().join(format!("skywalking-codegen-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(|source| Error::Generate { dir: scratch.clone(), source })?;
    let checked = check(&generated_dir(), &scratch);
    // What is left in the folder for temporary files harms nobody, so that it stays is no failure of the check.
    let _ = std::fs::remove_dir_all(&scratch);
    checked.map(|()| "what is checked in is current".to_owned())
}
