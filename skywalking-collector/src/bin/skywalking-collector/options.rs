//! The command line.

use std::io::Write as _;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};
use skywalking_collector::{
    Builder, Collector, DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, parse_address, parse_host,
};

use crate::commands::Command;
use crate::error::Error;
use crate::token;

/// Receives traces of SkyWalking agents, stores them in memory and shows them: as pages in the
/// browser (--open), as JSON over HTTP (/api/services, /api/instances, /api/traces,
/// /api/traces/{traceId}, /api/topology, /api/violations, /api/stats), with --watch as trees in the
/// terminal, and by the commands in another terminal.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "SW_COLLECTOR_TOKEN sets the token directly. There is no option for it, since other users of the \
    machine can see options. Agents and API clients send the token as metadata or header `authentication`. Without a \
    token the collector listens only on loopback addresses."
)]
pub(crate) struct Options {
    /// Address for reports by gRPC (IP:port or localhost:port; port 0 selects a free port)
    #[arg(long, value_name = "ADDRESS", env = "SW_COLLECTOR_GRPC_ADDR", default_value = DEFAULT_GRPC_ADDR, value_parser = address)]
    grpc_addr: String,
    /// Address for queries and for reports over HTTP (IP:port or localhost:port; port 0 selects a
    /// free port)
    #[arg(long, value_name = "ADDRESS", env = "SW_COLLECTOR_HTTP_ADDR", default_value = DEFAULT_HTTP_ADDR, value_parser = address)]
    http_addr: String,
    /// Maximum number of stored spans; the oldest traces are evicted
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_SPANS", default_value_t = Limits::default().max_spans, value_parser = amount)]
    max_spans: usize,
    /// Maximum memory of the stored traces in bytes; the oldest traces are evicted
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_BYTES", default_value_t = Limits::default().max_bytes, value_parser = amount)]
    max_bytes: usize,
    /// Maximum memory of messages and responses in flight on both ports, in bytes
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_IN_FLIGHT", default_value_t = Limits::default().max_in_flight, value_parser = amount)]
    max_in_flight: usize,
    /// Maximum number of connections on both ports; the one that has been idle the longest is
    /// closed
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_CONNECTIONS", default_value_t = Limits::default().max_connections, value_parser = amount)]
    max_connections: usize,
    /// Further name under which browsers and API clients may use the HTTP port, without a port;
    /// repeat it, or separate names with commas
    #[arg(long, value_name = "NAME", env = "SW_COLLECTOR_ALLOW_HOST", value_delimiter = ',', value_parser = host)]
    allow_host: Vec<String>,
    /// File with the token required from agents and API clients
    #[arg(long, value_name = "FILE", env = "SW_COLLECTOR_TOKEN_FILE", global = true)]
    token_file: Option<PathBuf>,
    /// File with the certificate for TLS on both ports, as PEM
    #[arg(long, value_name = "FILE", env = "SW_COLLECTOR_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// File with the key of the certificate, as PEM
    #[arg(long, value_name = "FILE", env = "SW_COLLECTOR_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// File with the authorities of client certificates, which are required then, as PEM
    #[arg(long, value_name = "FILE", env = "SW_COLLECTOR_TLS_CLIENT_CA", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Print each trace as a tree when it has been quiet for a second, and the service map on exit
    #[arg(long)]
    pub(crate) watch: bool,
    /// Open the pages in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Without a command, the program collects.
    #[command(subcommand)]
    command: Option<Command>,
}

impl Options {
    /// Parses the command line and the variables. Exits on an error.
    ///
    /// clap names the option even if the value comes from a variable, so the variables that are set
    /// are printed too.
    pub(crate) fn parse_or_exit() -> (Self, Option<Command>) {
        let parsed = Self::command().try_get_matches().and_then(|matches| {
            refuse_unused(&matches)?;
            Self::from_arg_matches(&matches)
        });
        let mut options = parsed.unwrap_or_else(|error| {
            let _ = error.print();
            if matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidUtf8) {
                print_variables();
            }
            std::process::exit(error.exit_code())
        });
        let command = options.command.take();
        (options, command)
    }

    /// Returns the token, if one is set.
    pub(crate) fn token(self) -> Result<Option<String>, Error> {
        token::read(self.token_file, std::env::var_os(token::VARIABLE))
    }

    /// Returns the scheme of the HTTP port.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }

    /// Returns a builder with these options and the token.
    pub(crate) fn builder(self) -> Result<Builder, Error> {
        let builder = Collector::builder()
            .grpc_addr(self.grpc_addr)
            .http_addr(self.http_addr)
            .max_spans(self.max_spans)
            .max_bytes(self.max_bytes)
            .max_in_flight(self.max_in_flight)
            .max_connections(self.max_connections);
        let builder = match self.tls_cert.zip(self.tls_key) {
            Some((certificate, key)) => builder.tls(certificate, key),
            None => builder,
        };
        let builder = self.tls_client_ca.into_iter().fold(builder, Builder::tls_client_ca);
        let builder = self.allow_host.into_iter().fold(builder, Builder::allow_host);
        Ok(match token::read(self.token_file, std::env::var_os(token::VARIABLE))? {
            Some(token) => builder.token(token),
            None => builder,
        })
    }
}

/// Refuses options for collecting before a command, which would ignore them.
fn refuse_unused(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(command) = matches.subcommand_name() else { return Ok(()) };
    let options = Options::command();
    let mut given = options.get_arguments().map(|option| option.get_id().as_str()).filter(|id| {
        *id != "token_file" && matches.value_source(id) == Some(ValueSource::CommandLine)
    });
    given.next().map_or(Ok(()), |id| {
        let option = id.replace('_', "-");
        let message = format!(
            "--{option} before `{command}` has no effect: remove it, or put it after the command"
        );
        Err(Options::command().error(ErrorKind::ArgumentConflict, message))
    })
}

fn print_variables() {
    for variable in Options::command().get_arguments().filter_map(|option| option.get_env()) {
        if let Some(value) = std::env::var_os(variable) {
            let _ = writeln!(
                std::io::stderr(),
                "{} is set to {:?}",
                variable.display(),
                value.to_string_lossy()
            );
        }
    }
}

fn address(value: &str) -> Result<String, String> {
    parse_address(value).map(|_| value.to_owned()).map_err(|error| error.to_string())
}

fn host(value: &str) -> Result<String, String> {
    parse_host(value).map_err(|error| error.to_string())
}

fn amount(value: &str) -> Result<usize, String> {
    let amount = value.parse().ok().filter(|amount| *amount > 0);
    amount.ok_or_else(|| {
        format!("{value:?}: expected an integer from 1 to {}, such as 100000", usize::MAX)
    })
}
