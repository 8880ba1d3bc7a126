//! A backend that counts segments and, if asked, fails in every way that HTTP/2 allows.

use std::collections::HashSet;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2::server::{Builder, SendResponse};
use h2::{Reason, RecvStream};
use http::Request;
use prost::Message as _;
use skywalking_proto::v3::SegmentObject;
use skywalking_tests::grpc::{next_message, reply};
use skywalking_tests::random::Random;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const COLLECT: &str = "/skywalking.v3.TraceSegmentReportService/collect";

/// What a backend does with its calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behavior {
    /// It counts messages without reading them.
    Counting,
    /// It reads the segments, and fails at random, by this seed.
    Faulty(u64),
}

/// What arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) arrived: u64,
    pub(crate) duplicates: u64,
    pub(crate) calls: u64,
    pub(crate) resets: u64,
    pub(crate) refused_streams: u64,
    pub(crate) early_answers: u64,
    pub(crate) errors: u64,
    pub(crate) goaways: u64,
    pub(crate) connections_cut: u64,
    pub(crate) absences: u64,
}

/// A backend on a thread of its own.
#[derive(Debug)]
pub(crate) struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    counts: Mutex<Counts>,
    seen: Mutex<HashSet<String>>,
    random: Mutex<Random>,
    faulty: AtomicBool,
    /// The early answers whose calls are still read.
    early: AtomicUsize,
    /// Set from the decision to go away until the return.
    is_leaving: AtomicBool,
    decodes: bool,
}

/// The ways in which a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Answered,
    Late,
    Reset,
    Refused,
    Early,
    Error,
    CutOff,
    GoAway,
    Absence,
}

/// Runs a server on a thread and a runtime of its own, until the process ends.
pub(crate) fn run(name: &str, server: impl Future<Output = io::Result<()>> + Send + 'static) {
    let thread = std::thread::Builder::new().name(name.to_owned());
    let run = move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(server)
    };
    thread.spawn(move || run().expect("the server runs")).expect("a thread");
}

impl Sink {
    pub(crate) fn start(window: u32, behavior: Behavior) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let seed = match behavior {
            Behavior::Counting => None,
            Behavior::Faulty(seed) => Some(seed),
        };
        let shared = Arc::new(Shared {
            counts: Mutex::default(),
            seen: Mutex::default(),
            random: Mutex::new(Random::new(seed.unwrap_or_default())),
            faulty: AtomicBool::new(seed.is_some()),
            early: AtomicUsize::default(),
            is_leaving: AtomicBool::default(),
            decodes: seed.is_some(),
        });
        let server = Arc::clone(&shared);
        run("sink", async move {
            let mut listener = TcpListener::from_std(listener)?;
            let (mut connections, absences) = (JoinSet::new(), Arc::new(Notify::new()));
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let connection = connection(accepted?.0, window, Arc::clone(&server), Arc::clone(&absences));
                        connections.spawn(async move { drop(connection.await) });
                    }
                    () = absences.notified() => {
                        // All connections and the listener are closed, as if the process were
                        // killed.
                        drop(listener);
                        connections.shutdown().await;
                        sleep(Duration::from_millis(700)).await;
                        listener = bind(address).await?;
                        server.is_leaving.store(false, Ordering::Relaxed);
                    }
                }
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, shared })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the failures.
    pub(crate) fn behave(&self) {
        self.shared.faulty.store(false, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.shared.counts().clone()
    }
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(128)
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, of: fn(&mut Counts) -> &mut u64) {
        *of(&mut self.counts()) += 1;
    }

    fn below(&self, limit: usize) -> usize {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).below(limit)
    }

    /// Decides how a call ends. A backend that has answered a call early reads it to its end:
    /// otherwise nobody could know what has arrived.
    fn ending(&self) -> Ending {
        if !self.faulty.load(Ordering::Relaxed) {
            return Ending::Answered;
        }
        match self.random_ending() {
            Ending::CutOff | Ending::Absence if self.early.load(Ordering::Relaxed) > 0 => {
                Ending::Answered
            }
            Ending::Early if self.is_leaving.load(Ordering::Relaxed) => Ending::Answered,
            Ending::Early => {
                self.early.fetch_add(1, Ordering::Relaxed);
                Ending::Early
            }
            Ending::Absence => {
                self.is_leaving.store(true, Ordering::Relaxed);
                Ending::Absence
            }
            other => other,
        }
    }

    fn random_ending(&self) -> Ending {
        match self.below(100) {
            0..60 => Ending::Answered,
            60..76 => Ending::Late,
            76..80 => Ending::Reset,
            80..86 => Ending::Refused,
            86..90 => Ending::Early,
            90..93 => Ending::Error,
            93..96 => Ending::CutOff,
            96..99 => Ending::GoAway,
            _ => Ending::Absence,
        }
    }

    /// Counts a whole message.
    fn arrive(&self, message: &[u8]) {
        self.count(|counts| &mut counts.arrived);
        if self.decodes {
            let id = SegmentObject::decode(message).expect("a segment").trace_segment_id;
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.insert(id) {
                self.count(|counts| &mut counts.duplicates);
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    window: u32,
    shared: Arc<Shared>,
    absences: Arc<Notify>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    let mut connection = Builder::new()
        .initial_window_size(window)
        .initial_connection_window_size(window)
        .max_concurrent_streams(100)
        .handshake::<_, Bytes>(stream)
        .await?;
    let mut calls = JoinSet::new();
    while let Some(call) = connection.accept().await {
        let (request, answer) = call?;
        if request.uri().path() != COLLECT {
            calls.spawn(management(request, answer));
            continue;
        }
        shared.count(|counts| &mut counts.calls);
        match shared.ending() {
            Ending::CutOff => {
                shared.count(|counts| &mut counts.connections_cut);
                return Ok(());
            }
            Ending::Absence => {
                shared.count(|counts| &mut counts.absences);
                absences.notify_one();
            }
            Ending::GoAway => {
                shared.count(|counts| &mut counts.goaways);
                connection.graceful_shutdown();
                calls.spawn(collect(request, answer, Ending::Answered, Arc::clone(&shared)));
            }
            ending => {
                calls.spawn(collect(request, answer, ending, Arc::clone(&shared)));
            }
        }
        while calls.try_join_next().is_some() {}
    }
    Ok(())
}

type Called = Result<(), h2::Error>;

async fn management(mut request: Request<RecvStream>, answer: SendResponse<Bytes>) -> Called {
    read(request.body_mut(), &mut BytesMut::new(), usize::MAX, |_| {}).await?;
    reply(answer, "0")
}

async fn collect(
    mut request: Request<RecvStream>,
    mut answer: SendResponse<Bytes>,
    ending: Ending,
    shared: Arc<Shared>,
) -> Called {
    let (body, mut rest) = (request.body_mut(), BytesMut::new());
    let arrive = |message: &[u8]| shared.arrive(message);
    match ending {
        Ending::Refused => {
            shared.count(|counts| &mut counts.refused_streams);
            answer.send_reset(Reason::REFUSED_STREAM);
        }
        Ending::Reset => {
            shared.count(|counts| &mut counts.resets);
            read(body, &mut rest, shared.below(20_000), arrive).await?;
            answer.send_reset(Reason::INTERNAL_ERROR);
        }
        Ending::Early => {
            shared.count(|counts| &mut counts.early_answers);
            read(body, &mut rest, shared.below(20_000), arrive).await?;
            reply(answer, "0")?;
            // What the agent has sent by then arrives. The agent cancels the rest.
            let read = read(body, &mut rest, usize::MAX, arrive).await;
            shared.early.fetch_sub(1, Ordering::Relaxed);
            read?;
        }
        Ending::Error => {
            shared.count(|counts| &mut counts.errors);
            read(body, &mut rest, usize::MAX, arrive).await?;
            // INVALID_ARGUMENT.
            reply(answer, "3")?;
        }
        _ => {
            read(body, &mut rest, usize::MAX, arrive).await?;
            if ending == Ending::Late {
                sleep(Duration::from_millis(shared.below(300) as u64)).await;
            }
            reply(answer, "0")?;
        }
    }
    Ok(())
}

/// Reads messages until the stream ends, or until this many bytes have come. Keeps the beginning of
/// a message in `rest`.
async fn read(
    body: &mut RecvStream,
    rest: &mut BytesMut,
    bytes: usize,
    mut message: impl FnMut(&[u8]),
) -> Called {
    let mut came = 0;
    while came < bytes {
        let Ok(Some(data)) = timeout(Duration::from_secs(30), body.data()).await else { break };
        let data = data?;
        came += data.len();
        body.flow_control().release_capacity(data.len())?;
        rest.extend_from_slice(&data);
        while let Some(whole) = next_message(rest) {
            message(&whole);
        }
    }
    Ok(())
}
