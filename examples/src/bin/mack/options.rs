//! The command line, and the agent's settings made of it.
//!
//! What an option sets can be set by the agent's own variable as well; the option has the last
//! word.

use std::net::SocketAddr;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};
use reqwest::Url;
use skywalking_examples::{Parent, listen_address};
use skywalking_runtime::{Config, Reporter};

/// How long the last spans may take to be reported. A user waits for the end of a program no longer
/// than that.
pub(crate) const FLUSH: Duration = Duration::from_secs(4);

/// An HTTP service whose handler /mack waits, then calls the next service and gives back its
/// answer; traced on both sides.
#[derive(Debug, clap::Parser)]
#[command(name = "mack", version)]
pub(crate) struct Options {
    /// What the service is called
    #[arg(long, value_name = "NAME", env = "SW_AGENT_NAME")]
    pub(crate) service_name: String,
    /// What this instance of it is called; by default something unique
    #[arg(long, value_name = "NAME", env = "SW_AGENT_INSTANCE_NAME")]
    instance_name: Option<String>,
    /// Where to listen; :PORT is 127.0.0.1:PORT, and port 0 takes a free one
    #[arg(long, value_name = "[IP]:PORT", default_value = ":8081", value_parser = listen_address)]
    pub(crate) listen_addr: SocketAddr,
    /// What to call, by POST
    #[arg(long, value_name = "URL", value_parser = upstream_url)]
    pub(crate) upstream_url: Url,
    /// Where to report; by default 127.0.0.1:11800, by HTTP 127.0.0.1:12800
    #[arg(long, value_name = "HOST:PORT", env = "SW_AGENT_COLLECTOR_BACKEND_SERVICES")]
    oap_server: Option<String>,
    /// The token that the backend asks for; better given by the variable, since others can see
    /// arguments
    #[arg(long, value_name = "TOKEN", env = "SW_AGENT_AUTHENTICATION", hide_env_values = true)]
    authentication: Option<String>,
    /// How to report
    #[arg(
        long,
        value_enum,
        value_name = "PROTOCOL",
        env = "SW_AGENT_PROTOCOL",
        default_value = "grpc"
    )]
    protocol: Protocol,
    /// Report to standard error, one line of JSON a segment: short for --protocol log
    #[arg(long, overrides_with = "protocol")]
    log: bool,
    /// How long the handler waits
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    wait_ms: u64,
    /// Started by the demo, which holds the other end of standard input
    #[arg(long, hide = true)]
    pub(crate) child: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Protocol {
    /// To the backend, by gRPC
    Grpc,
    /// To the backend, by HTTP
    Http,
    /// To standard error, one line of JSON a segment
    Log,
    /// Nowhere
    #[value(hide = true)]
    Discard,
}

impl Options {
    /// The agent's settings.
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

/// Says what is wrong with the command line, and ends. clap blames the option, also for a value
/// that a variable brought; so the variables that are set are told with it, but for the token's.
pub(crate) fn refuse(error: &clap::Error) -> ! {
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

/// Whether the token was given where others can see it.
pub(crate) fn token_is_visible(arguments: &ArgMatches) -> bool {
    arguments.value_source("authentication") == Some(ValueSource::CommandLine)
}

fn upstream_url(value: &str) -> Result<Url, String> {
    const WRITE: &str = "write http://HOST:PORT/PATH, such as http://127.0.0.1:8082/mack";
    let url = Url::parse(value).map_err(|error| format!("no URL ({error}): {WRITE}"))?;
    match url.scheme() {
        "http" => Ok(url),
        "https" => Err(format!("this program is built without TLS: {WRITE}")),
        _ => Err(format!("not a URL of HTTP: {WRITE}")),
    }
}
