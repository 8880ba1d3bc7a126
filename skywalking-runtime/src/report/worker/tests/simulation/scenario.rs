//! One simulation: an agent, its backends, and faults, by a seed. It ends with a shutdown.

use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use turmoil::Sim;

use super::super::generator::Books;
use super::agent::{self, Handle, Plan};
use super::backend::{Backend, PORT};
use super::fault::Fault;
use super::network;
use super::random::Random;

/// How long the hosts run until the network delivers what they sent.
const TICK: Duration = Duration::from_millis(20);
/// Segments arrive within this after the return of a backend that refused or closed connections.
const RESUMED: Duration = Duration::from_secs(5);
/// The same after silence: the deadline of a batch, and 5 s.
const RESUMED_AFTER_SILENCE: Duration = Duration::from_secs(35);
/// The number of signals, times the most segments of a batch, times the most batches in flight.
const MOST_IN_FLIGHT: u64 = 2 * 32 * 1_000;

/// The result of a simulation.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What happened and when, to compare two runs.
    pub(super) log: String,
    /// The faults, and how soon segments arrived after each.
    pub(super) resumed: Vec<(Fault, Duration)>,
    pub(super) simulated: Duration,
    pub(super) made: u64,
    pub(super) sent: u64,
    pub(super) unconfirmed: u64,
    pub(super) refused: u64,
    /// Dropped by the queue and by the shutdown.
    pub(super) dropped: u64,
    pub(super) connections: usize,
}

/// A rule that does not hold.
pub(super) type Broken = String;

/// A running simulation.
struct Simulation<'a> {
    sim: Sim<'a>,
    backends: Vec<(String, Backend)>,
    books: Books,
    agent: Handle,
    random: Random,
    /// How long connections may stay open that lost data.
    silent_until: Duration,
    outcome: Outcome,
}

/// Runs the simulation of this seed.
pub(super) fn run(seed: u64) -> Result<Outcome, Broken> {
    network::tries();
    let mut simulation = Simulation::new(seed);
    simulation.run().map_err(|problem| format!("{}{problem}", simulation.outcome.log))?;
    simulation.outcome.connections = network::tries().len();
    Ok(simulation.outcome)
}

impl Simulation<'_> {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut sim = turmoil::Builder::new()
            .rng_seed(random.next())
            .tick_duration(TICK)
            .simulation_duration(Duration::from_secs(3_600))
            .min_message_latency(Duration::from_millis(random.within(0, 10)))
            .max_message_latency(Duration::from_millis(random.within(10, 60)))
            .tcp_capacity(1_024)
            .build();
        let count = random.within(1, 2);
        let backends: Vec<_> = (0..count)
            .map(|number| {
                let window = random.pick(&[65_535, 256 * 1_024, 1_024 * 1_024]);
                (format!("backend-{number}"), Backend::new(random.next(), window))
            })
            .collect();
        for (name, backend) in &backends {
            let backend = backend.clone();
            sim.host(name.as_str(), move || backend.clone().serve());
        }
        let limit = usize::try_from(random.within(500, 20_000)).unwrap();
        let books = Books::new(0, limit);
        let addresses =
            backends.iter().map(|(name, _)| SocketAddr::new(sim.lookup(name.as_str()), PORT));
        let plan = Plan {
            seed: random.next(),
            backends: addresses.collect(),
            pause: random.within(100, 1_000),
            burst: random.pick(&[5, 50, 300]),
        };
        let (run, agent) = agent::agent(plan, books.clone());
        sim.client("agent", run);
        Self {
            sim,
            backends,
            books,
            agent,
            random,
            silent_until: Duration::ZERO,
            outcome: Outcome::default(),
        }
    }

    fn run(&mut self) -> Result<(), Broken> {
        self.calm()?;
        for _ in 0..self.random.within(1, 4) {
            self.fault()?;
            self.calm()?;
        }
        self.end()
    }

    fn calm(&mut self) -> Result<(), Broken> {
        let milliseconds = self.random.within(0, 4_000);
        self.pass(milliseconds)
    }

    fn step(&mut self) -> Result<(), Broken> {
        self.sim.step().map_err(|error| error.to_string())?;
        let totals = self.books.totals();
        if totals.accounted() != totals.made {
            return Err(format!("segments are missing: {totals:?}"));
        }
        if totals.most_in_flight > MOST_IN_FLIGHT {
            return Err(format!("too many segments in flight: {totals:?}"));
        }
        Ok(())
    }

    /// Lets this many milliseconds pass.
    fn pass(&mut self, milliseconds: u64) -> Result<(), Broken> {
        let end = self.sim.elapsed() + Duration::from_millis(milliseconds);
        while self.sim.elapsed() < end {
            self.step()?;
        }
        Ok(())
    }

    fn arrived(&self) -> usize {
        self.backends.iter().map(|(_, backend)| backend.arrived()).sum()
    }

    /// Returns a number that grows once the agent reports again.
    fn progress(&self, fault: Fault) -> u64 {
        // After silence the backend may receive what it can't confirm.
        if fault.is_silent() { self.books.totals().counts.sent } else { self.arrived() as u64 }
    }

    fn note(&mut self, what: impl fmt::Debug) {
        let (elapsed, arrived, totals) = (self.sim.elapsed(), self.arrived(), self.books.totals());
        writeln!(self.outcome.log, "{elapsed:?} {what:?}: {arrived} arrived, {totals:?}").unwrap();
    }

    /// Lets something fail for a while, and waits until segments arrive again.
    fn fault(&mut self) -> Result<(), Broken> {
        let (fault, targets) = self.choose();
        self.begin(fault, &targets);
        let longest = self.random.pick(&[500, 10_000, 45_000, 100_000]);
        let milliseconds = self.random.within(20, longest);
        self.pass(milliseconds)?;
        self.finish(fault, &targets);
        let (end, before) = (self.sim.elapsed(), self.progress(fault));
        if fault.is_silent() {
            self.silent_until = end + RESUMED_AFTER_SILENCE;
        }
        let limit = if end < self.silent_until { RESUMED_AFTER_SILENCE } else { RESUMED };
        while self.progress(fault) == before {
            self.step()?;
            let waited = self.sim.elapsed().saturating_sub(end);
            if waited > limit {
                return Err(format!(
                    "nothing arrived within {waited:?} of the end of {fault:?}, which lasted for \
                     {milliseconds} ms"
                ));
            }
        }
        let waited = self.sim.elapsed().saturating_sub(end);
        self.outcome.resumed.push((fault, waited));
        self.note("resumed");
        Ok(())
    }

    /// Returns a fault, and the backends that have it: mostly all.
    fn choose(&mut self) -> (Fault, Vec<String>) {
        let fault = self.random.pick(&Fault::ALL);
        let mut names: Vec<_> = self.backends.iter().map(|(name, _)| name.clone()).collect();
        if self.random.chance(25) {
            names.truncate(1);
        }
        (fault, names)
    }

    fn begin(&mut self, fault: Fault, targets: &[String]) {
        for name in targets {
            let name = name.as_str();
            match fault {
                Fault::Gone => self.backend(name).set_present(false),
                Fault::Crashed => self.sim.crash(name),
                Fault::Partitioned => self.sim.partition("agent", name),
                Fault::RequestsLost => self.sim.partition_oneway("agent", name),
                Fault::AnswersLost => self.sim.partition_oneway(name, "agent"),
                Fault::Held => self.sim.hold("agent", name),
                Fault::Failing => self.backend(name).fail(true),
            }
        }
        self.note((fault, targets.len()));
    }

    fn finish(&mut self, fault: Fault, targets: &[String]) {
        for name in targets {
            let name = name.as_str();
            match fault {
                Fault::Gone => self.backend(name).set_present(true),
                Fault::Crashed => self.sim.bounce(name),
                Fault::Partitioned => self.sim.repair("agent", name),
                Fault::RequestsLost => self.sim.repair_oneway("agent", name),
                Fault::AnswersLost => self.sim.repair_oneway(name, "agent"),
                Fault::Held => self.sim.release("agent", name),
                Fault::Failing => self.backend(name).fail(false),
            }
        }
        self.note("end of the fault");
    }

    fn backend(&self, name: &str) -> &Backend {
        let found = self.backends.iter().find(|(other, _)| other == name);
        found.map(|(_, backend)| backend).expect("a backend of the simulation")
    }

    /// Shuts the agent down, half of the time during a fault, and checks its counts.
    fn end(&mut self) -> Result<(), Broken> {
        let fault = self.random.chance(50).then(|| self.choose());
        if let Some((fault, targets)) = &fault {
            self.begin(*fault, targets);
            let milliseconds = self.random.within(0, 20_000);
            self.pass(milliseconds)?;
        }
        let within = Duration::from_millis(self.random.within(200, 6_000));
        self.note(("shutdown", within));
        self.agent.shut_down(within);
        let began = self.sim.elapsed();
        let ended = loop {
            if let Some(ended) = self.agent.ended() {
                break ended;
            }
            self.step()?;
            if self.sim.elapsed() > began + within + Duration::from_secs(1) {
                return Err(format!("the shutdown takes longer than {within:?}"));
            }
        };
        if ended.after > within + TICK {
            return Err(format!("the shutdown takes {:?}, longer than {within:?}", ended.after));
        }
        self.note(ended);
        if let Some((fault, targets)) = &fault {
            self.finish(*fault, targets);
        }
        // What was sent arrives.
        self.pass(2_000)?;
        self.note("end");
        self.check()
    }

    /// Checks the final counts.
    fn check(&mut self) -> Result<(), Broken> {
        let totals = self.books.totals();
        let (counts, arrived) = (totals.counts, self.arrived() as u64);
        let problem = |what: &str| Err(format!("{what}: {arrived} arrived, {totals:?}"));
        if totals.queued > 0 || counts.in_flight > 0 {
            return problem("segments are pending after the shutdown");
        }
        if self.backends.iter().any(|(_, backend)| backend.duplicates() > 0) {
            return problem("a segment arrived twice");
        }
        if arrived < counts.sent {
            return problem("segments that were counted as sent did not arrive");
        }
        if arrived > counts.sent + counts.unconfirmed + counts.refused {
            return problem("segments arrived that were counted as dropped");
        }
        let outcome = &mut self.outcome;
        outcome.simulated = self.sim.elapsed();
        (outcome.made, outcome.sent) = (totals.made, counts.sent);
        (outcome.unconfirmed, outcome.refused) = (counts.unconfirmed, counts.refused);
        outcome.dropped = totals.full + counts.shutdown;
        Ok(())
    }
}
