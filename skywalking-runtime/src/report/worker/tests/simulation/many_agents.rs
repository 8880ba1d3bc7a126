//! Many agents whose backend is unreachable for a minute.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use turmoil::Sim;

use super::super::generator::Books;
use super::agent::{self, Handle, Plan};
use super::backend::{Backend, PORT};
use super::network;

const HOSTS: u64 = 8;
const AGENTS_PER_HOST: u64 = 125;
const UNREACHABLE: Duration = Duration::from_secs(60);
/// Each agent reports again within this after the backend's return.
const RESUMED: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(50);

/// How the backend is unreachable.
#[derive(Clone, Copy, Debug)]
enum Absence {
    /// It refuses connections.
    Refusing,
    /// Its machine does not answer.
    Silent,
}

/// Agents and a backend.
struct Agents<'a> {
    sim: Sim<'a>,
    backend: Backend,
    list: Vec<(Books, Handle)>,
}

impl Agents<'_> {
    fn new() -> Self {
        let mut sim = turmoil::Builder::new()
            .rng_seed(1)
            .tick_duration(TICK)
            .simulation_duration(Duration::from_secs(3_600))
            .max_message_latency(Duration::from_millis(30))
            .tcp_capacity(4_096)
            .build();
        let backend = Backend::new(1, 1_024 * 1_024);
        let server = backend.clone();
        sim.host("backend", move || server.clone().serve());
        let address = SocketAddr::new(sim.lookup("backend"), PORT);
        let mut list = Vec::new();
        for host in 0..HOSTS {
            let mut running = Vec::new();
            for number in 0..AGENTS_PER_HOST {
                let seed = host * AGENTS_PER_HOST + number + 1;
                let plan = Plan { seed, backends: vec![address], pause: 10_000, burst: 1 };
                let books = Books::new(seed << 32, 10_000);
                let (run, handle) = agent::agent(plan, books.clone());
                running.push(run);
                list.push((books, handle));
            }
            sim.client(format!("host-{host}"), async move {
                let running: Vec<_> = running.into_iter().map(tokio::task::spawn_local).collect();
                for agent in running {
                    agent.await??;
                }
                Ok(())
            });
        }
        Self { sim, backend, list }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.sim.elapsed() + time;
        while self.sim.elapsed() < end {
            self.sim.step().expect("no agent fails");
        }
    }

    fn sent(&self) -> Vec<u64> {
        self.list.iter().map(|(books, _)| books.totals().counts.sent).collect()
    }
}

/// Returns the most times of one second.
fn peak(times: &[Duration]) -> usize {
    let mut per_second = std::collections::BTreeMap::new();
    for time in times {
        *per_second.entry(time.as_secs()).or_insert(0) += 1;
    }
    per_second.into_values().max().unwrap_or(0)
}

#[test]
fn thousand_agents_report_again_after_a_minute_without_backend() {
    for absence in [Absence::Refusing, Absence::Silent] {
        let began = Instant::now();
        network::tries();
        let mut agents = Agents::new();
        agents.pass(Duration::from_secs(3));
        let start = network::tries();
        assert_eq!(start.len(), agents.list.len(), "each agent has one connection");
        match absence {
            Absence::Refusing => agents.backend.set_present(false),
            Absence::Silent => agents.sim.crash("backend"),
        }
        agents.pass(UNREACHABLE);
        let away = network::tries();
        match absence {
            Absence::Refusing => agents.backend.set_present(true),
            Absence::Silent => agents.sim.bounce("backend"),
        }
        agents.backend.accepted();
        let (back, before) = (agents.sim.elapsed(), agents.sent());
        while agents.sent().iter().zip(&before).any(|(now, before)| now == before) {
            agents.pass(TICK);
            assert!(agents.sim.elapsed() <= back + RESUMED, "{absence:?}");
        }
        let resumed = agents.sim.elapsed().saturating_sub(back);
        let tries = network::tries();
        println!(
            "{} agents, {absence:?} backend for {UNREACHABLE:?}: {} tries a second at most and {} on \
             average while it is unreachable; after its return {} connections a second at most, {} \
             accepted in all, and each agent has reported after {resumed:?}; {:.1?}",
            agents.list.len(),
            peak(&away),
            away.len() as u64 / UNREACHABLE.as_secs(),
            peak(&tries),
            agents.backend.accepted().len(),
            began.elapsed(),
        );
        for (_, handle) in &mut agents.list {
            handle.shut_down(Duration::from_secs(5));
        }
        agents.pass(Duration::from_secs(6));
        for (books, handle) in &agents.list {
            assert!(handle.ended().expect("the shutdown is over").done);
            let totals = books.totals();
            assert_eq!(totals.accounted(), totals.made);
            assert_eq!(totals.counts.shutdown, 0);
        }
        assert_eq!(agents.backend.duplicates(), 0);
    }
}
