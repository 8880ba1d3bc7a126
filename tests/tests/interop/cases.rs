//! The cases that run with every agent. Each agent's file lists the cases that it runs as tests.
//! `peer` is that agent.
//!
//! The expected texts are complete. Words in capitals are placeholders for values of the agent
//! ([`Peer::text`]).

use crate::agents::Agent::{self, Example, Ours};
use crate::agents::{Role, Side};
use crate::play::Play;

/// Declares the tests of one agent: those that always run, and the long ones, which are ignored
/// with a reason.
macro_rules! cases {
    ($peer:ident: $($short:ident,)* $long:literal: $($case:ident,)*) => {
        $(
            #[test]
            fn $short() {
                crate::cases::$short(&$peer);
            }
        )*
        $(
            #[test]
            #[ignore = $long]
            fn $case() {
                crate::cases::$case(&$peer);
            }
        )*
    };
}
pub(crate) use cases;

/// An agent, and its differences in reported spans.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) agent: Agent,
    /// The component of its spans.
    pub(crate) component: &'static str,
    /// The type of that component in the service map.
    pub(crate) language: &'static str,
    /// The span whose name is the endpoint in its headers.
    pub(crate) parent: Parent,
    /// How its spans show an error.
    pub(crate) error: &'static str,
    /// The diagnostic that ours counts for its header of an unsampled request. Nothing is counted
    /// if it sends no header.
    pub(crate) unsampled: Option<&'static str>,
    /// True if it can report by HTTP.
    pub(crate) http: bool,
    pub(crate) many: Many,
}

/// The span whose name is the endpoint in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The first span, as in the Java agent.
    First,
    /// The Exit itself.
    Exit,
}

/// A number of requests over several connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Many {
    options: &'static [&'static str],
    requests: usize,
}

impl Many {
    pub(crate) const THOUSANDS: Self =
        Self { options: &["--connections", "8", "--requests", "250"], requests: 2_000 };
    /// For a slow agent.
    pub(crate) const HUNDREDS: Self =
        Self { options: &["--connections", "8", "--requests", "25"], requests: 200 };
}

impl Peer {
    fn plain(&self) -> Side {
        self.agent.plain()
    }

    fn with(&self, options: &'static [&'static str]) -> Side {
        self.agent.with(options)
    }

    fn by_http_if_supported(&self) -> Side {
        if self.http { self.plain().by_http() } else { self.plain() }
    }

    /// Returns the text without the indentation of the source, and with this agent's values.
    pub(crate) fn text(&self, text: &str) -> String {
        let (first, long) = match self.parent {
            Parent::First => ("/API/Snapshot", "/API/Snapshot[/很长 x21]/很-380535aa"),
            Parent::Exit => ("/Service/OnSnapshot", "/Service/OnSnapshot[/长 x36]/-05a59dc0"),
        };
        let publish =
            if self.parent == Parent::First { "/API/Publish" } else { "/Service/Publish" };
        let own = [
            ("component=PEER", format!("component={}", self.component)),
            ("(PEER)", format!("({})", self.language)),
            ("(PEER, guessed)", format!("({}, guessed)", self.language)),
            ("PEER-ENDPOINT", first.to_owned()),
            ("PEER-LONG-ENDPOINT", long.to_owned()),
            ("PEER-PUBLISHING", publish.to_owned()),
            ("PEER-ERROR", self.error.to_owned()),
        ];
        own.iter().fold(unindented(text), |text, (word, meant)| text.replace(word, meant))
    }
}

fn unindented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let indentation = lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines().flat_map(|line| [&line[indentation..], "\n"]).collect()
}

/// Compares the whole texts. Prints both if they differ.
#[track_caller]
pub(crate) fn same(shown: &str, expected: &str) {
    assert!(shown == expected, "actual:\n{shown}\nexpected:\n{expected}");
}

/// The peer is the client, and ours is the server.
const CALLED_BY_PEER: &str = "
    RTS_Test_1 Entry /API/Snapshot Http component=PEER {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=PEER peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 PEER-ENDPOINT RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
";

/// Ours is the client, and the peer is the server.
const CALLED_BY_OURS: &str = "
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
";

/// The service maps of both.
const MAP_OF_PEER: &str = "
    map: 4 nodes, 3 calls
    User -> RTS_Test (PEER)
    RTS_Test (PEER) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Unknown, guessed)
";
const MAP_OF_OURS: &str = "
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (PEER)
    Service_Test (PEER) -> APIService (PEER, guessed)
";

pub(crate) fn peer_calls_the_example(peer: &Peer) {
    let Some(play) = Play::of(peer.plain(), Example.plain()) else { return };
    let tree =
        peer.text(CALLED_BY_PEER).replace("SELECT 1", "SELECT info FROM snapshot WHERE a = ?");
    same(&play.tree_and_map(4), &(tree + &peer.text(MAP_OF_PEER)));
}

pub(crate) fn example_calls_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Example.plain(), peer.plain()) else { return };
    same(&play.tree_and_map(4), &(peer.text(CALLED_BY_OURS) + &peer.text(MAP_OF_OURS)));
}

pub(crate) fn correlation_of_the_peer_reaches_ours(peer: &Peer) {
    let Some(play) = Play::of(peer.with(&["--correlate"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=PEER {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=PEER peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 PEER-ENDPOINT RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn correlation_of_ours_reaches_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), peer.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn error_of_ours_fails_the_call_of_the_peer(peer: &Peer) {
    let Some(play) = Play::of(peer.with(&["--fail"]), Ours.plain()) else { return };
    same(
        &play.trees(3),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=PEER {} PEER-ERROR
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=PEER peer=RTS_Server {} PEER-ERROR
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 PEER-ENDPOINT RTS_Server> log={event, error.kind, message} ERROR
            ",
        ),
    );
}

pub(crate) fn error_of_the_peer_fails_the_call_of_ours(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--fail"]), peer.plain()) else { return };
    same(
        &play.trees(3),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {} log={event, error.kind, message} ERROR
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> PEER-ERROR
            ",
        ),
    );
}

pub(crate) fn concurrent_requests_of_the_peer_are_one_trace_each(peer: &Peer) {
    let Some(play) = Play::of(peer.with(peer.many.options), Ours.plain()) else { return };
    each_is_one_trace(play, peer, CALLED_BY_PEER, Role::Server);
}

pub(crate) fn concurrent_requests_of_ours_are_one_trace_each(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(peer.many.options), peer.plain()) else { return };
    each_is_one_trace(play, peer, CALLED_BY_OURS, Role::Client);
}

/// Checks that the trees are equal, and that our program has sent each.
#[track_caller]
fn each_is_one_trace(mut play: Play, peer: &Peer, tree: &str, ours: Role) {
    let requests = peer.many.requests;
    same(&play.trees(4 * requests), &format!("{requests} of\n{}", peer.text(tree)));
    let counters = play.counters(ours);
    assert_eq!(
        (&counters["sent"], &counters["opened"]),
        (&requests.into(), &requests.into()),
        "{counters}"
    );
}

pub(crate) fn long_names_of_the_peer_are_read_and_cut(peer: &Peer) {
    let Some(play) = Play::of(peer.with(&["--long", "100"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x100] Http component=PEER {} BREAKS too-long BREAKS column
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x100] RPCFramework component=PEER peer=RTS_Server[.long x100] {} BREAKS too-long BREAKS too-long
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 PEER-LONG-ENDPOINT RTS_Server[.long x38]>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// Longer than the limit of 4 KiB for a received header.
pub(crate) fn header_of_8_kib_of_the_peer_is_not_read(peer: &Peer) {
    let Some(mut play) = Play::of(peer.with(&["--long", "500"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x500] Http component=PEER {} BREAKS too-long BREAKS column
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x500] RPCFramework component=PEER peer=RTS_Server[.long x500] {} BREAKS too-long BREAKS too-long
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_too_long": 1 }));
}

pub(crate) fn long_names_of_ours_arrive_cut(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--long", "500"]), peer.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x21]/很-380535aa Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x36]/-05a59dc0 RPCFramework component=0 peer=RTS_Server[.long x38] {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x21]/很-380535aa RTS_Server[.long x38]>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn unsampled_request_of_the_peer_starts_a_trace_at_ours(peer: &Peer) {
    let Some(mut play) = Play::of(peer.plain().unsampled(), Ours.plain()) else { return };
    same(
        &play.trees(2),
        &peer.text(
            "
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
    let reasons: serde_json::Value =
        peer.unsampled.iter().map(|reason| ((*reason).to_owned(), serde_json::json!(1))).collect();
    assert_eq!(play.counters(Role::Server)["reasons"], reasons);
}

pub(crate) fn unsampled_request_of_ours_starts_a_trace_at_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--correlate"]).unsampled(), peer.plain()) else {
        return;
    };
    same(
        &play.trees(2),
        &peer.text(
            "
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// Regardless of its own sampler.
pub(crate) fn sampled_request_of_the_peer_is_sampled_by_ours(peer: &Peer) {
    let Some(play) = Play::of(peer.plain(), Ours.plain().unsampled()) else { return };
    same(&play.trees(4), &peer.text(CALLED_BY_PEER));
}

pub(crate) fn batch_of_the_peer_is_one_span_with_a_ref_each(peer: &Peer) {
    let Some(play) = Play::of(peer.with(&["--batch", "3"]), Ours.plain()) else { return };
    same(
        &play.trees(7),
        &peer.text(
            "
            2 of
            RTS_Test_1 Entry /API/Publish Http component=PEER {}
              RTS_Test_1 Exit /Service/Publish RPCFramework component=PEER peer=RTS_Server {}
            RTS_Test_1 Entry /API/Publish Http component=PEER {}
              RTS_Test_1 Exit /Service/Publish RPCFramework component=PEER peer=RTS_Server {}
            Service_Test_1 Entry /Service/Consume RPCFramework component=11000 {} <CrossProcess RTS_Test_1 PEER-PUBLISHING RTS_Server> <CrossProcess RTS_Test_1 PEER-PUBLISHING RTS_Server> <CrossProcess RTS_Test_1 PEER-PUBLISHING RTS_Server>
            ",
        ),
    );
}

pub(crate) fn merged_entries_of_ours_are_one_span_below_the_peer(peer: &Peer) {
    let Some(play) = Play::of(peer.plain(), Ours.with(&["--merged"])) else { return };
    same(&play.trees(4), &peer.text(CALLED_BY_PEER));
}

pub(crate) fn merged_exits_of_ours_are_one_span_above_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--merged"]), peer.plain()) else { return };
    same(&play.trees(4), &peer.text(CALLED_BY_OURS).replace("RTS_Server", "RTS_Middleware"));
}

pub(crate) fn ours_reports_by_http_below_the_peer(peer: &Peer) {
    let Some(play) = Play::of(peer.by_http_if_supported(), Ours.plain().by_http()) else { return };
    same(&play.tree_and_map(4), &(peer.text(CALLED_BY_PEER) + &peer.text(MAP_OF_PEER)));
}

pub(crate) fn ours_reports_by_http_above_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Ours.plain().by_http(), peer.by_http_if_supported()) else { return };
    same(&play.tree_and_map(4), &(peer.text(CALLED_BY_OURS) + &peer.text(MAP_OF_OURS)));
}

pub(crate) fn two_tags_with_one_key_of_the_peer_are_reported(peer: &Peer) {
    let Some(play) = Play::of(Ours.plain(), peer.with(&["--twice"])) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {seed.step=first, seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> BREAKS tag-twice
                  Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// The header `sw8-x` is unknown to it.
pub(crate) fn time_of_sending_is_ignored_by_the_peer(peer: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--mq"]), peer.plain()) else { return };
    same(
        &play.trees(4),
        &peer.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot MQ component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=PEER {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=PEER peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}
