//! The Rust code blocks of README and docs, as doctests.

/// Declares a module for each page, with the page as its documentation.
macro_rules! pages {
    ($($name:ident: $path:literal),+ $(,)?) => {
        $(
            #[doc = include_str!(concat!("../../", $path))]
            mod $name {}
        )+
    };
}

pages! {
    readme: "README.md",
    configuration: "docs/configuration.md",
    errors: "docs/errors.md",
    installation: "docs/installation.md",
    kubernetes: "docs/kubernetes.md",
    logs: "docs/logs.md",
    meters: "docs/meters.md",
    migrating_fastrace: "docs/migrating/fastrace.md",
    migrating_go2sky: "docs/migrating/go2sky.md",
    migrating_java_toolkit: "docs/migrating/java-toolkit.md",
    migrating_opentelemetry: "docs/migrating/opentelemetry.md",
    migrating_skywalking_crate: "docs/migrating/skywalking-crate.md",
    migrating_skywalking_go: "docs/migrating/skywalking-go.md",
    migrating_tracing: "docs/migrating/tracing.md",
    production: "docs/production.md",
    propagation: "docs/propagation.md",
    sampling: "docs/sampling.md",
    security: "docs/security.md",
    spans: "docs/spans.md",
    testing: "docs/testing.md",
    transports: "docs/transports.md",
}
