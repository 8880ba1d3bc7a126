//! The command line, and the agent's configuration.
//!
//! Options of the agent can also be set by its variables. Options take precedence.

use std::net::SocketAddr;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};
use reqwest::Url;
use skywalking_examples::{Parent, listen_address};
use skywalking_runtime::{Config, config::Reporter};

/// How long reporting the last spans may take at exit.
pub(crate) const FLUSH: Duration = Duration::from_secs(4);

/// A traced HTTP service. Its handler /mack waits, calls the next service and returns its response.
#[derive(Debug, clap::Parser)]
#[command(name = "mack", version)]
pub(crate) struct Options {
    /// Name of the service
    #[arg(long, value_name = "NAME", env = "SW_AGENT_NAME")]
    pub(crate) service_name: String,
    /// Name of this instance; unique by default
    #[arg(long, value_name = "NAME", env = "SW_AGENT_INSTANCE_NAME")]
    instance_name: Option<String>,
    /// Address to listen on; :PORT is 127.0.0.1:PORT, and port 0 selects a free port
    #[arg(long, value_name = "[IP]:PORT", default_value = ":8081", value_parser = listen_address)]
    pub(crate) listen_addr: SocketAddr,
    /// What to call, by POST
    #[arg(long, value_name = "URL", value_parser = upstream_url)]
    pub(crate) upstream_url: Url,
    /// Where to report; by default 127.0.0.1:11800, by HTTP 127.0.0.1:12800
    #[arg(long, value_name = "HOST:PORT", env = "SW_AGENT_COLLECTOR_BACKEND_SERVICES")]
    oap_server: Option<String>,
    /// Token for the backend; prefer the variable, since other users can see arguments
    #[arg(long, value_name = "TOKEN", env = "SW_AGENT_AUTHENTICATION", hide_env_values = true)]
    authentication: Option<String>,
    /// Protocol of the reports
    #[arg(
        long,
        value_enum,
        value_name = "PROTOCOL",
        env = "SW_AGENT_PROTOCOL",
        default_value = "grpc"
    )]
    protocol: Protocol,
    /// Report to standard error, one line of JSON for each segment: same as --protocol log
    #[arg(long, overrides_with = "protocol")]
    log: bool,
    /// Delay of the handler
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    wait_ms: u64,
    /// Set by the demo, which holds the other end of standard input
    #[arg(long, hide = true)]
    pub(crate) child: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Protocol {
    /// To the backend, by gRPC
    Grpc,
    /// To the backend, by HTTP
    Http,
    /// To standard error, one line of JSON for each segment
    Log,
    /// Nowhere
    #[value(hide = true)]
    Discard,
}

impl Options {
    /// Returns the agent's configuration.
    pub(crate) fn agent(&self) -> Config {
        let protocol = if self.log { Protocol::Log } else { self.protocol };
        let mut config =
            Config::new(&self.service_name).shutdown_timeout(FLUSH).reporter(match protocol {
                Protocol::Grpc => Reporter::Grpc,
                Protocol::Http => Reporter::Http,
                Protocol::Log => Reporter::Log,
                Protocol::Discard => Reporter::Discard,
            });
        if let Some(instance) = &self.instance_name {
            config = config.instance(instance);
        }
        if let Some(backend) = &self.oap_server {
            config = config.backend(backend);
        }
        if let Some(token) = &self.authentication {
            config = config.token(token);
        }
        config
    }

    pub(crate) fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms)
    }

    pub(crate) fn parent(&self) -> Parent {
        if self.child { Parent::HoldsStdin } else { Parent::None }
    }
}

/// Prints an error of the command line and exits. clap names the option even if the value comes
/// from a variable, so the variables that are set are printed too, except the token.
pub(crate) fn exit(error: &clap::Error) -> ! {
    let _ = error.print();
    if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::InvalidUtf8) {
        let command = Options::command();
        for variable in command
            .get_arguments()
            .filter(|option| !option.is_hide_env_values_set())
            .filter_map(|option| option.get_env())
        {
            if let Some(value) = std::env::var_os(variable) {
                eprintln!("{} is set to {:?}", variable.display(), value.to_string_lossy());
            }
        }
    }
    std::process::exit(error.exit_code())
}

/// Returns whether other users can see the token.
pub(crate) fn token_is_visible(arguments: &ArgMatches) -> bool {
    arguments.value_source("authentication") == Some(ValueSource::CommandLine)
}

fn upstream_url(value: &str) -> Result<Url, String> {
    const EXPECTED: &str = "expected http://HOST:PORT/PATH, such as http://127.0.0.1:8082/mack";
    let url = Url::parse(value).map_err(|error| format!("invalid URL ({error}): {EXPECTED}"))?;
    match url.scheme() {
        "http" => Ok(url),
        "https" => Err(format!("this program is built without TLS: {EXPECTED}")),
        _ => Err(format!("not an HTTP URL: {EXPECTED}")),
    }
}
