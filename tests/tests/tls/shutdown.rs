//! The shutdown ends in time while a backend or a proxy hangs, whatever calls it.
//!
//! Each agent is a child process, which also runs the executor that calls the shutdown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use skywalking_runtime::stats::Report;
use skywalking_runtime::{Agent, span};
use skywalking_tests::child::TIMEOUT;
use skywalking_tests::polling::poll_until;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::rustls::ServerConfig;

use crate::certificates::{Authority, Folder, Validity};
use crate::child::{REQUEST, start, stdin_closed};
use crate::collector::PROTOCOLS;
use crate::peer::{Hangs, Making, Peer, Step};

/// What calls the shutdown.
const CALLER: &str = "SW_TESTING_CALLER";
const CALLERS: [&str; 6] =
    ["thread", "thread async", "current", "current async", "multi", "multi async"];
/// Set if the shutdown is to begin with batches in flight.
const IN_FLIGHT: &str = "SW_TESTING_IN_FLIGHT";

fn runtime(threads: Option<usize>) -> Runtime {
    let mut builder = match threads {
        None => Builder::new_current_thread(),
        Some(_) => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads.unwrap_or(1)).enable_all().build().expect("a runtime")
}

/// The backend of a test.
#[derive(Clone, Copy)]
struct Scene {
    is_proxy: bool,
    has_tls: bool,
    step: Step,
}

impl Scene {
    /// Runs an agent for each protocol, each caller and each moment, all at the same time.
    fn run(self, test: &str) {
        let folder = Folder::new(test);
        let authority = Authority::new("one");
        let ca = folder.write("ca.pem", &authority.certificate);
        let names = authority.issue(self.host(), Validity::Now);
        let runtime = runtime(Some(1));
        let mut agents = Vec::new();
        for protocol in PROTOCOLS {
            let tls = self.has_tls.then(|| names.server(protocol));
            for hangs in [Hangs::FromTheBeginning, Hangs::AfterABatch] {
                for caller in CALLERS {
                    let making = self.making(protocol, tls.clone(), hangs);
                    let peer = runtime.block_on(Peer::start(making));
                    let case = format!("{protocol}, {hangs:?}, {caller}");
                    let agent = self.start_agent(protocol, &peer, &ca, hangs, caller);
                    agents.push((case, hangs, peer, agent));
                }
            }
        }
        for (case, _, peer, agent) in &mut agents {
            let hanging = poll_until(TIMEOUT, || peer.is_hanging());
            assert!(hanging, "{case}: {}", agent.output());
            agent.close();
        }
        for (case, hangs, peer, agent) in agents {
            let output = agent.end();
            let sent = number(&output, "sent");
            assert_eq!(sent, peer.answered(), "{case}: {output}");
            // The backend read a part of the second batch at most.
            let unconfirmed = number(&output, "unconfirmed");
            let is_later = hangs == Hangs::AfterABatch;
            assert_eq!((sent > 0, unconfirmed > 0), (is_later, is_later), "{case}: {output}");
            println!("{case}: {}", line(&output));
        }
        // Its tasks never end.
        runtime.shutdown_background();
    }

    /// Returns the host of the address. A local one is never reached through a proxy.
    fn host(self) -> &'static str {
        if self.is_proxy { "oap.test" } else { "localhost" }
    }

    fn making(
        self,
        protocol: &'static str,
        tls: Option<Arc<ServerConfig>>,
        hangs: Hangs,
    ) -> Making {
        Making { protocol, is_proxy: self.is_proxy, tls, step: self.step, hangs }
    }

    fn start_agent(
        self,
        protocol: &str,
        peer: &Peer,
        ca: &str,
        hangs: Hangs,
        caller: &str,
    ) -> crate::child::Agent {
        let scheme = if self.has_tls { "https://" } else { "" };
        let address = format!("{scheme}{}:{}", self.host(), peer.address.port());
        let proxy = peer.address.to_string();
        let mut variables = vec![
            ("SW_AGENT_PROTOCOL", protocol),
            ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
            (CALLER, caller),
        ];
        if self.has_tls {
            variables.push(("SW_AGENT_SSL_TRUSTED_CA_PATH", ca));
        }
        if self.is_proxy {
            variables.push(("SW_AGENT_PROXY", &proxy));
        }
        if hangs == Hangs::AfterABatch {
            variables.push((IN_FLIGHT, "1"));
        }
        start("shutdown::child_shuts_down", &variables, &[])
    }
}

/// Returns the line with the counts of a child.
fn line(output: &str) -> &str {
    output.lines().find(|line| line.starts_with("counts ")).expect("counts")
}

fn number(output: &str, name: &str) -> u64 {
    let mut words = line(output).split(' ').filter_map(|word| word.split_once('='));
    let (_, value) = words.find(|(key, _)| *key == name).expect("a count");
    value.parse().expect("a number")
}

#[test]
fn backend_without_answers_delays_no_shutdown() {
    Scene { is_proxy: false, has_tls: false, step: Step::Answer }.run("end-plain");
}

#[test]
fn backend_without_answers_over_tls_delays_no_shutdown() {
    Scene { is_proxy: false, has_tls: true, step: Step::Answer }.run("end-tls");
}

#[test]
fn hanging_handshake_of_tls_delays_no_shutdown() {
    Scene { is_proxy: false, has_tls: true, step: Step::Handshake }.run("end-handshake");
}

#[test]
fn proxy_without_an_answer_delays_no_shutdown() {
    Scene { is_proxy: true, has_tls: false, step: Step::ProxyAnswer }.run("end-proxy");
}

#[test]
fn hanging_tunnel_of_a_proxy_delays_no_shutdown() {
    Scene { is_proxy: true, has_tls: false, step: Step::Tunnel }.run("end-tunnel");
}

#[test]
fn hanging_handshake_in_a_tunnel_delays_no_shutdown() {
    Scene { is_proxy: true, has_tls: true, step: Step::Handshake }.run("end-tunnel-tls");
}

#[test]
#[ignore = "run by the other tests as a child"]
fn child_shuts_down() {
    let caller = std::env::var(CALLER).expect("a caller");
    let in_flight = std::env::var_os(IN_FLIGHT).is_some();
    let agent = skywalking_runtime::init().expect("an agent");
    let (ended, begun, mut made) = (stdin_closed(), Instant::now(), 0);
    while !ended.load(Ordering::Relaxed) || in_flight && agent.stats().in_flight == 0 {
        span(&REQUEST).run(|| {});
        made += 1;
        agent.flush(Duration::from_millis(50));
        assert!(begun.elapsed() < TIMEOUT, "{:?}", agent.stats());
    }
    let before = agent.stats();
    assert_eq!(before.in_flight > 0, in_flight, "{before:?}");
    let asked = Instant::now();
    let report = shut_down(agent, &caller);
    let took = asked.elapsed();
    let (dropped, stats) = (&report.dropped, &report.stats);
    println!(
        "counts made={made} sent={} unconfirmed={} shutdown={} in flight={} took {took:?}",
        report.sent, dropped.unconfirmed, dropped.shutdown, before.in_flight
    );
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(report.sent + dropped.unconfirmed + dropped.shutdown, made, "{report:?}");
    assert_eq!(dropped.total(), dropped.unconfirmed + dropped.shutdown, "{report:?}");
    assert_eq!((stats.opened, stats.finished), (made, made), "{report:?}");
    assert_eq!((stats.open, stats.queued, stats.in_flight), (0, 0, 0), "{report:?}");
}

fn shut_down(agent: Agent, caller: &str) -> Report {
    const TIME: Duration = Duration::from_secs(1);
    match caller {
        "thread" => agent.shutdown(TIME),
        "thread async" => futures::executor::block_on(agent.shutdown_async(TIME)),
        "current" => runtime(None).block_on(async { agent.shutdown(TIME) }),
        "multi" => {
            let task = async { agent.shutdown(TIME) };
            let runtime = runtime(Some(2));
            runtime.block_on(runtime.spawn(task)).expect("a report")
        }
        "current async" => runtime(None).block_on(beside_another_task(agent.shutdown_async(TIME))),
        "multi async" => {
            let task = beside_another_task(agent.shutdown_async(TIME));
            let runtime = runtime(Some(2));
            runtime.block_on(runtime.spawn(task)).expect("a report")
        }
        other => panic!("no caller {other}"),
    }
}

/// Awaits a shutdown. Another task of the runtime runs meanwhile.
async fn beside_another_task(shutdown: impl Future<Output = Report>) -> Report {
    let ran = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&ran);
    tokio::spawn(async move { set.store(true, Ordering::Relaxed) });
    let report = shutdown.await;
    assert!(ran.load(Ordering::Relaxed), "the shutdown blocks the executor");
    report
}
