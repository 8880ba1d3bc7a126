# Every task of the project. `just` lists them.

[private]
default:
    @just --list

# Build and test everything, as the README says
test:
    cargo test --workspace

# Test one crate, for example `just test-crate skywalking-runtime`
test-crate crate *args:
    cargo test -p {{crate}} {{args}}

# Format the code
format:
    cargo fmt --all

# Lint every target; warnings are errors
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Build the documentation and open it
doc:
    cargo doc --no-deps --all-features -p skywalking-runtime -p skywalking-tower -p skywalking-reqwest -p skywalking-log -p skywalking-metrics -p skywalking-tokio -p skywalking-tracing --open

# Run the main example: two programs, one trace, one map
demo:
    cargo run --bin snapshot

# Run three HTTP services that report to a collector
mack:
    cargo run --bin mack -- demo

# Run the collector alone
collector *args:
    cargo run --bin skywalking-collector -- {{args}}

# Accept the snapshots that changed, after reading the difference
snapshots:
    INSTA_UPDATE=always cargo test --workspace
    git diff --stat -- '*.snap'

# Write the compiler's messages of the misuse tests again; read the difference
messages:
    TRYBUILD=overwrite cargo test -p skywalking-trybuild --test ui misuse

# Generate the protocol's Rust from the .proto files
generate:
    cargo run -p skywalking-codegen

# Time spans against their floor
bench:
    cargo bench -p skywalking-benches

# Count the instructions of a span (needs valgrind)
instructions:
    cargo run --release -p skywalking-benches --bin instructions

# Compare the HTTP server layer with others (needs valgrind)
http-overhead:
    cargo run --release --manifest-path benches/http-peers/Cargo.toml

# Check every interleaving of the outbox and the async span (loom)
loom:
    cargo run --release --manifest-path tests/loom/Cargo.toml

# Fuzz a target for some seconds: sw8, correlation, extension, carrier_lines
fuzz target seconds="30":
    cargo +nightly fuzz run -s none {{target}} fuzz/corpus/{{target}} -- -max_total_time={{seconds}}

# Write the snapshots of the public API in api/ again; read the difference (needs nightly Rust)
api:
    .ci/public-api --update

# Test the pages of the collector in Node and in Chromium (needs npm and Chromium)
pages *args:
    .ci/pages {{args}}

# Send example data to a running collector, such as `just send shop --seconds 60`
send *args:
    cargo run -p skywalking-collector --example send -- {{args}}

# Compare the vendored JavaScript of the pages with its npm packages (needs npm)
vendor *args:
    .ci/vendor {{args}}

# Package each crate and build it outside of the repository (`--tests` also tests it)
package *args:
    .ci/package {{args}}

# Build with the lowest versions of the dependencies (needs nightly Rust)
minimal-versions:
    .ci/minimal-versions

# Run every check of a landing
ci:
    .ci/run

# Run one part of the long checks, or list them
long *part:
    .ci/long {{part}}
