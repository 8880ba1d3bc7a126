//! Generates the Rust code of `skywalking-proto` and of the examples from the `.proto` files of
//! this repository.
//!
//! `protox` reads the files in Rust, so `protoc` is not needed. The generated code is checked in,
//! so the other crates build without this one. Facts about the protocol are in the `.proto` files
//! only.

use std::path::{Path, PathBuf};

use protox::prost_reflect::prost_types::FileDescriptorSet;

/// Files that are compiled together, and the generated file. Folders are relative to the
/// repository.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    protos_dir: &'static str,
    /// The files to compile. Imported files are included.
    protos: &'static [&'static str],
    generated_dir: &'static str,
    /// The generated files, one for each protobuf package, with its name.
    generated: &'static [&'static str],
    sides: Sides,
}

/// The sides of gRPC services that are generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sides {
    /// Each side behind the feature of its name.
    ByFeature,
    Both,
}

/// The protocol between an agent and its backend.
pub const PROTOCOL: Package = Package {
    protos_dir: "proto/protos",
    protos: &[
        "common.proto",
        "command.proto",
        "tracing.proto",
        "management.proto",
        "meter.proto",
        "logging.proto",
        "event.proto",
        "profile.proto",
        "pprof.proto",
        "configuration.proto",
        "jvm.proto",
        "clr.proto",
        "async_profiler.proto",
        "browser.proto",
    ],
    generated_dir: "proto/src/generated",
    generated: &["skywalking.v3.rs", "skywalking.v10.rs"],
    sides: Sides::ByFeature,
};

/// The protocol between the two programs of the tonic example.
pub const EXAMPLE: Package = Package {
    protos_dir: "examples/src/bin/stock",
    protos: &["stock.proto"],
    generated_dir: "examples/src/bin/stock/generated",
    generated: &["stock.rs"],
    sides: Sides::Both,
};

/// All generated packages.
pub const PACKAGES: [Package; 2] = [PROTOCOL, EXAMPLE];

/// The command that updates the generated files.
pub const REGENERATE: &str = "cargo run -p skywalking-codegen";

/// Why the Rust code could not be generated, or is not current.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `.proto` file is invalid.
    #[error("the protocol files do not compile: {0}")]
    Protos(#[from] protox::Error),
    /// The generator could not write into the folder.
    #[error("cannot generate into {}, check that the folder is writable: {source}", dir.display())]
    Generate {
        /// The folder.
        dir: PathBuf,
        /// The error of the generator.
        source: std::io::Error,
    },
    /// A generated file could not be read.
    #[error("cannot read {}, run `{REGENERATE}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: std::io::Error,
    },
    /// The checked-in file differs from the generated one.
    #[error(
        "{} is not current, run `{REGENERATE}`; first difference in line {line}:\n  checked in: {found}\n  generated:  {expected}",
        path.display()
    )]
    Stale {
        /// The checked-in file.
        path: PathBuf,
        /// The first line that differs, counted from 1.
        line: usize,
        /// The line in the checked-in file.
        found: String,
        /// The line in the generated file.
        expected: String,
    },
}

impl Package {
    /// Returns the folder of the `.proto` files.
    pub fn protos_dir(&self) -> PathBuf {
        repository().join(self.protos_dir)
    }

    /// Returns the folder of the checked-in file.
    pub fn generated_dir(&self) -> PathBuf {
        repository().join(self.generated_dir)
    }

    /// Returns the descriptors of the `.proto` files.
    ///
    /// # Errors
    ///
    /// [`Error::Protos`] if a file is missing or invalid.
    pub fn descriptors(&self) -> Result<FileDescriptorSet, Error> {
        Ok(protox::compile(self.protos, [self.protos_dir()])?)
    }

    /// Writes the Rust code of all messages, clients and servers into `dir`.
    ///
    /// # Errors
    ///
    /// [`Error::Protos`] if a file is missing or invalid, [`Error::Generate`] if `dir` is not
    /// writable.
    pub fn generate(&self, dir: &Path) -> Result<Vec<PathBuf>, Error> {
        let set = self.descriptors()?;
        let mut builder = tonic_prost_build::configure().out_dir(dir);
        if self.sides == Sides::ByFeature {
            let (client, server) =
                (r#"#[cfg(feature = "client")]"#, r#"#[cfg(feature = "server")]"#);
            builder = builder.client_mod_attribute(".", client).server_mod_attribute(".", server);
        }
        builder
            .compile_fds(set)
            .map_err(|source| Error::Generate { dir: dir.to_path_buf(), source })?;
        Ok(self.generated.iter().map(|name| dir.join(name)).collect())
    }

    /// Generates into `scratch` and compares the result with the files in `checked_in`.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] with the first difference, [`Error::Read`] if a file is missing, otherwise
    /// as [`generate`](Package::generate).
    pub fn check(&self, checked_in: &Path, scratch: &Path) -> Result<(), Error> {
        for (name, generated) in self.generated.iter().zip(self.generate(scratch)?) {
            let expected = read(generated)?;
            let path = checked_in.join(name);
            let found = read(path.clone())?;
            if found != expected {
                let (line, found, expected) = first_difference(&found, &expected);
                return Err(Error::Stale { path, line, found, expected });
            }
        }
        Ok(())
    }
}

/// Returns the folder of the repository. This crate is in `proto/codegen`.
fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn read(path: PathBuf) -> Result<String, Error> {
    std::fs::read_to_string(&path).map_err(|source| Error::Read { path, source })
}

/// Returns the number of the first line in which two texts differ, and both lines.
fn first_difference(left: &str, right: &str) -> (usize, String, String) {
    // `split` instead of `lines` also finds a missing line end at the end, and carriage returns.
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
    fn first_difference_has_the_line_number_and_both_lines() {
        assert_eq!(
            first_difference("a\nb\n", "a\nc\n"),
            (2, "\"b\"".to_owned(), "\"c\"".to_owned())
        );
        assert_eq!(first_difference("a", "a\n"), (2, "(nothing)".to_owned(), "\"\"".to_owned()));
    }
}
