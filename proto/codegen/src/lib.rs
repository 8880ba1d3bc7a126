//! Turns the `.proto` files of `skywalking-proto` into its Rust.
//!
//! The files are read by `protox`, in Rust, so that not even who regenerates needs `protoc`. What comes out is checked
//! in, so that building the other crates runs none of this. It decides nothing about the protocol: that is in
//! `proto/protos/`.

use std::path::{Path, PathBuf};

use protox::prost_reflect::prost_types::FileDescriptorSet;

/// The files to compile, relative to [`protos_dir`]; what they import comes along.
const PROTOS: [&str; 4] = ["common.proto", "command.proto", "tracing.proto", "management.proto"];

/// The name of the generated file: the package's, because there is one file for each package.
const GENERATED: &str = "skywalking.v3.rs";

/// The command that brings the generated file up to date.
pub const REGENERATE: &str = "cargo run -p skywalking-codegen";

/// Why the Rust could not be generated, or is not what is checked in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `.proto` file is not right.
    #[error("the protocol files do not compile, correct them: {0}")]
    Protos(#[from] protox::Error),
    /// The generator could not write into its folder.
    #[error("cannot generate into {}, check that it is a folder that can be written: {source}", dir.display())]
    Generate {
        /// The folder.
        dir: PathBuf,
        /// What the generator said.
        source: std::io::Error,
    },
    /// A generated file could not be read.
    #[error("cannot read {}, run `{REGENERATE}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file that is checked in is not what the generator makes.
    #[error(
        "{} is not what the .proto files say, run `{REGENERATE}`; first difference in line {line}:\n  checked in: {found}\n  generated:  {expected}",
        path.display()
    )]
    Stale {
        /// The file that is checked in.
        path: PathBuf,
        /// The first line that differs, counted from 1.
        line: usize,
        /// What is checked in there.
        found: String,
        /// What the generator makes of it.
        expected: String,
    },
}

/// The folder of the `.proto` files.
pub fn protos_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("protos")
}

/// The folder where the generated file is checked in.
pub fn generated_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("src").join("generated")
}

/// What the `.proto` files say, as descriptors.
///
/// # Errors
///
/// [`Error::Protos`] when a file is missing or wrong.
pub fn descriptors() -> Result<FileDescriptorSet, Error> {
    Ok(protox::compile(PROTOS, [protos_dir()])?)
}

/// Writes the Rust of all messages, clients and servers into `dir`.
///
/// # Errors
///
/// [`Error::Protos`] when a file is missing or wrong, [`Error::Generate`] when `dir` cannot be written.
pub fn generate(dir: &Path) -> Result<PathBuf, Error> {
    let set = descriptors()?;
    tonic_prost_build::configure()
        .out_dir(dir)
        .client_mod_attribute(".", r#"#[cfg(feature = "client")]"#)
        .server_mod_attribute(".", r#"#[cfg(feature = "server")]"#)
        .compile_fds(set)
        .map_err(|source| Error::Generate { dir: dir.to_path_buf(), source })?;
    Ok(dir.join(GENERATED))
}

/// Generates into `scratch` and compares the result with what lies in `checked_in`.
///
/// # Errors
///
/// [`Error::Stale`] with the first difference, [`Error::Read`] when there is nothing to compare; otherwise as
/// [`generate`].
pub fn check(checked_in: &Path, scratch: &Path) -> Result<(), Error> {
    let expected = read(generate(scratch)?)?;
    let path = checked_in.join(GENERATED);
    let found = read(path.clone())?;
    if found == expected {
        return Ok(());
    }
    let (line, found, expected) = first_difference(&found, &expected);
    Err(Error::Stale { path, line, found, expected })
}

fn read(path: PathBuf) -> Result<String, Error> {
    std::fs::read_to_string(&path).map_err(|source| Error::Read { path, source })
}

/// The number of the first line in which two texts differ, and what each has there.
fn first_difference(left: &str, right: &str) -> (usize, String, String) {
    // `split` and not `lines`: a missing last line end or a carriage return is a difference too.
    let (mut left, mut right) = (left.split('\n'), right.split('\n'));
    let mut line = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(left), Some(right)) if left == right => line += 1,
            (left, right) => return (line, shown(left), shown(right)),
        }
    }
}

fn shown(line: Option<&str>) -> String {
    line.map_or_else(|| "(nothing)".to_owned(), |line| format!("{line:?}"))
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn a_difference_is_named_by_its_line_and_both_sides() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), (2, "\"b\"".to_owned(), "\"c\"".to_owned()));
        assert_eq!(first_difference("a", "a\n"), (2, "(nothing)".to_owned(), "\"\"".to_owned()));
    }
}
