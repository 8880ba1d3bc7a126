//! Run `cargo run -p skywalking-codegen` to generate the Rust code of all `.proto` files. With `--
//! --check` it writes nothing, and fails if the checked-in files are not current.

use std::process::ExitCode;

use skywalking_codegen::{Error, PACKAGES};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => write(),
        ["--check"] => check_in_scratch(),
        _ => {
            eprintln!("unknown arguments {arguments:?}: expected none, or --check to compare");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(output) => {
            println!("{output}");
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
    let lines: Vec<_> =
        written?.iter().flatten().map(|path| format!("wrote {}", path.display())).collect();
    Ok(lines.join("\n"))
}

/// Generates into a temporary folder of this process, compares, and removes the folder.
fn check_in_scratch() -> Result<String, Error> {
    let scratch = std::env::temp_dir().join(format!("skywalking-codegen-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)
        .map_err(|source| Error::Generate { dir: scratch.clone(), source })?;
    let checked =
        PACKAGES.iter().try_for_each(|package| package.check(&package.generated_dir(), &scratch));
    // A leftover temporary folder is harmless, so an error here does not fail the check.
    let _ = std::fs::remove_dir_all(&scratch);
    checked.map(|()| "the checked-in files are current".to_owned())
}
