//! Turns the `.proto` files of this repository into Rust: those of `skywalking-proto`, and that of
//! the examples.
//!
//! The files are read by `protox`, in Rust, so that not even who regenerates needs `protoc`. What
//! comes out is checked in, so that building the other crates runs none of this. It decides nothing
//! about a protocol: that is in the files.

use std::path::{Path, PathBuf};

use protox::prost_reflect::prost_types::FileDescriptorSet;

/// Files that are compiled together, and what is made of them. Folders are below the repository's.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    protos_dir: &'static str,
    /// The files to compile; what they import comes along.
    protos: &'static [&'static str],
    generated_dir: &'static str,
    /// Named after the packages, because there is one file for each package.
    generated: &'static [&'static str],
    sides: Sides,
}

/// Which of clients and servers the Rust has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sides {
    /// Each behind the feature of its name.
    ByFeature,
    Both,
}

/// What an agent and its backend say to each other.
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

/// What the two programs of the example with tonic say to each other.
pub const EXAMPLE: Package = Package {
    protos_dir: "examples/src/bin/stock",
    protos: &["stock.proto"],
    generated_dir: "examples/src/bin/stock/generated",
    generated: &["stock.rs"],
    sides: Sides::Both,
};

/// All that is generated.
pub const PACKAGES: [Package; 2] = [PROTOCOL, EXAMPLE];

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

impl Package {
    /// The folder of the `.proto` files.
    pub fn protos_dir(&self) -> PathBuf {
        repository().join(self.protos_dir)
    }

    /// The folder where the generated file is checked in.
    pub fn generated_dir(&self) -> PathBuf {
        repository().join(self.generated_dir)
    }

    /// What the `.proto` files say, as descriptors.
    ///
    /// # Errors
    ///
    /// [`Error::Protos`] when a file is missing or wrong.
    pub fn descriptors(&self) -> Result<FileDescriptorSet, Error> {
        Ok(protox::compile(self.protos, [self.protos_dir()])?)
    }

    /// Writes the Rust of all messages, clients and servers into `dir`.
    ///
    /// # Errors
    ///
    /// [`Error::Protos`] when a file is missing or wrong, [`Error::Generate`] when `dir` cannot be
    /// written.
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

    /// Generates into `scratch` and compares the result with what lies in `checked_in`.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] with the first difference, [`Error::Read`] when there is nothing to
    /// compare; otherwise as [`generate`](Package::generate).
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

/// The folder of the repository: this crate is in `proto/codegen`.
fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
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
        assert_eq!(
            first_difference("a\nb\n", "a\nc\n"),
            (2, "\"b\"".to_owned(), "\"c\"".to_owned())
        );
        assert_eq!(first_difference("a", "a\n"), (2, "(nothing)".to_owned(), "\"\"".to_owned()));
    }
}
