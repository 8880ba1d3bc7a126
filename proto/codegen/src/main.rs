//! `cargo run -p skywalking-codegen` writes the Rust of all `.proto` files again. With
//! `-- --check` it writes nothing there. It fails if the checked-in files are not what it would write.

use std::process::ExitCode;

use skywalking_codegen::{Error, PACKAGES};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => write(),
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

fn write() -> Result<String, Error> {
    let written: Result<Vec<_>, Error> =
        PACKAGES.iter().map(|package| package.generate(&package.generated_dir())).collect();
    let said: Vec<_> =
        written?.iter().flatten().map(|path| format!("wrote {}", path.display())).collect();
    Ok(said.join("\n"))
}

/// Compares by way of a folder of this process's own, which is gone afterwards.
fn check_in_scratch() -> Result<String, Error> {
    let scratch = std::env::temp_dir().join(format!("skywalking-codegen-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)
        .map_err(|source| Error::Generate { dir: scratch.clone(), source })?;
    let checked =
        PACKAGES.iter().try_for_each(|package| package.check(&package.generated_dir(), &scratch));
    // What is left in the folder for temporary files harms nobody, so that it stays is no failure
    // of the check.
    let _ = std::fs::remove_dir_all(&scratch);
    checked.map(|()| "what is checked in is current".to_owned())
}
