//! A backend in the simulation: an HTTP/2 server that counts segments and, if asked, fails.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2::server::{Builder, SendResponse};
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use turmoil::net::{TcpListener, TcpStream};

use super::random::Random;

pub(super) const PORT: u16 = 11_800;
/// The calls that send batches.
const COLLECT: [&str; 3] = [
    "/skywalking.v3.TraceSegmentReportService/collect",
    "/skywalking.v3.LogReportService/collect",
    "/skywalking.v3.EventService/collect",
];
/// The length of a message's head.
const HEAD: usize = 5;

#[derive(Debug)]
struct State {
    random: Random,
    window: u32,
    is_failing: bool,
    seen: HashSet<u64>,
    duplicates: u64,
    /// When connections were accepted, since the start of the simulation.
    accepted: Vec<Duration>,
}

/// A backend. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    state: Arc<Mutex<State>>,
    is_present: watch::Sender<bool>,
}

/// The ways in which a call ends.
///
/// A backend that answers before it has read a call is not simulated: nobody could know what
/// arrives if the network fails after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Answered,
    Late,
    /// No answer comes.
    Silence,
    Reset,
    RefusedStream,
    /// The status 3, `INVALID_ARGUMENT`.
    Refused,
    /// The status 14, `UNAVAILABLE`.
    Unavailable,
    CutOff,
    /// GOAWAY, after which the calls that arrived are answered.
    Leave,
    /// GOAWAY, after which no call is answered.
    Abandon,
}

impl Backend {
    pub(super) fn new(seed: u64, window: u32) -> Self {
        let state = State {
            random: Random::new(seed),
            window,
            is_failing: false,
            seen: HashSet::new(),
            duplicates: 0,
            accepted: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), is_present: watch::Sender::new(true) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Sets whether calls fail at random.
    pub(super) fn fail(&self, fails: bool) {
        self.lock().is_failing = fails;
    }

    /// Closes all connections and refuses new ones, until it is set to true again.
    pub(super) fn set_present(&self, is_present: bool) {
        self.is_present.send_replace(is_present);
    }

    /// Returns how many different segments arrived.
    pub(super) fn arrived(&self) -> usize {
        self.lock().seen.len()
    }

    /// Returns how many segments arrived again.
    pub(super) fn duplicates(&self) -> u64 {
        self.lock().duplicates
    }

    /// Removes and returns when connections were accepted, since the start of the simulation.
    pub(super) fn accepted(&self) -> Vec<Duration> {
        std::mem::take(&mut self.lock().accepted)
    }

    /// Runs it.
    pub(super) async fn serve(self) -> turmoil::Result {
        let mut present = self.is_present.subscribe();
        loop {
            drop(present.wait_for(|is_present| *is_present).await?);
            let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT)).await?;
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    biased;
                    _ = present.wait_for(|is_present| !is_present) => break,
                    accepted = listener.accept() => {
                        let now = turmoil::sim_elapsed().unwrap_or_default();
                        self.lock().accepted.push(now);
                        // Ends with an error if the network fails.
                        let connection = self.clone().connection(accepted?.0);
                        connections.spawn(async move { drop(connection.await) });
                    }
                }
                while connections.try_join_next().is_some() {}
            }
            drop(listener);
            connections.shutdown().await;
        }
    }

    async fn connection(self, stream: TcpStream) -> Result<(), h2::Error> {
        let window = self.lock().window;
        let mut connection = Builder::new()
            .initial_window_size(window)
            .initial_connection_window_size(window)
            .max_concurrent_streams(100)
            .handshake::<_, Bytes>(stream)
            .await?;
        let mut calls = JoinSet::new();
        while let Some(call) = connection.accept().await {
            let (request, answer) = call?;
            let is_batch = COLLECT.contains(&request.uri().path());
            let ending = self.ending(is_batch);
            match ending {
                Ending::CutOff => return Ok(()),
                Ending::Leave => connection.graceful_shutdown(),
                Ending::Abandon => connection.abrupt_shutdown(Reason::NO_ERROR),
                _ => {}
            }
            calls.spawn(self.clone().call(request, answer, ending, is_batch));
            while calls.try_join_next().is_some() {}
        }
        Ok(())
    }

    fn ending(&self, is_batch: bool) -> Ending {
        let mut state = self.lock();
        if !state.is_failing {
            return Ending::Answered;
        }
        match state.random.within(0, 99) {
            // The agent repeats a management message only with its next heartbeat.
            0..55 => Ending::Answered,
            _ if !is_batch && state.random.chance(50) => Ending::Answered,
            55..70 => Ending::Late,
            70..71 => Ending::Silence,
            71..77 => Ending::Reset,
            77..84 => Ending::RefusedStream,
            84..88 => Ending::Refused,
            88..91 => Ending::Unavailable,
            91..94 => Ending::CutOff,
            94..98 => Ending::Leave,
            _ => Ending::Abandon,
        }
    }

    async fn call(
        self,
        mut request: Request<RecvStream>,
        mut answer: SendResponse<Bytes>,
        ending: Ending,
        is_batch: bool,
    ) -> Result<(), h2::Error> {
        if ending == Ending::RefusedStream {
            answer.send_reset(Reason::REFUSED_STREAM);
            return Ok(());
        }
        let limit = match ending {
            Ending::Reset => usize::try_from(self.lock().random.within(0, 20_000)).unwrap(),
            _ => usize::MAX,
        };
        self.read(request.body_mut(), limit, is_batch).await?;
        match ending {
            Ending::Reset => answer.send_reset(Reason::INTERNAL_ERROR),
            Ending::Silence => std::future::pending().await,
            Ending::Refused => return reply(answer, "3"),
            Ending::Unavailable => return reply(answer, "14"),
            Ending::Late => {
                let delay = self.lock().random.within(1, 3_000);
                sleep(Duration::from_millis(delay)).await;
                return reply(answer, "0");
            }
            _ => return reply(answer, "0"),
        }
        Ok(())
    }

    /// Reads messages until the call ends, or until this many bytes have come.
    async fn read(
        &self,
        body: &mut RecvStream,
        limit: usize,
        is_batch: bool,
    ) -> Result<(), h2::Error> {
        let (mut rest, mut came) = (BytesMut::new(), 0);
        while came < limit
            && let Some(data) = body.data().await
        {
            let data = data?;
            came += data.len();
            body.flow_control().release_capacity(data.len())?;
            rest.extend_from_slice(&data);
            while let Some(message) = split(&mut rest) {
                if is_batch {
                    self.arrive(&message);
                }
            }
        }
        Ok(())
    }

    fn arrive(&self, message: &[u8]) {
        let mut state = self.lock();
        let is_new = state.seen.insert(u64::from_be_bytes(message[..8].try_into().unwrap()));
        state.duplicates += u64::from(!is_new);
    }
}

/// Removes the first message, if it is whole.
fn split(bytes: &mut BytesMut) -> Option<BytesMut> {
    let length = bytes.get(1..HEAD)?.try_into().ok().map(u32::from_be_bytes)?;
    let end = HEAD + usize::try_from(length).unwrap();
    (bytes.len() >= end).then(|| bytes.split_to(end).split_off(HEAD))
}

fn reply(mut answer: SendResponse<Bytes>, status: &'static str) -> Result<(), h2::Error> {
    let mut head = Response::new(());
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    let mut body = answer.send_response(head, false)?;
    body.send_data(Bytes::from_static(&[0; HEAD]), false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    body.send_trailers(trailers)
}
