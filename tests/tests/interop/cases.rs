//! What every agent is played through. Each case is a test of each agent whose file lists it, and
//! `it` is that agent.
//!
//! The texts are whole: what is shown has to be equal to them. Words in capitals in them stand for
//! what is the agent's own ([`Peer::text`]).

use crate::agents::Agent::{self, Example, Ours};
use crate::agents::{Role, Side};
use crate::play::Play;

/// The tests of one agent: those that run at every landing, and those that take long, with the
/// reason that is given for leaving them out.
macro_rules! cases {
    ($it:ident: $($short:ident,)* $long:literal: $($case:ident,)*) => {
        $(
            #[test]
            fn $short() {
                crate::cases::$short(&$it);
            }
        )*
        $(
            #[test]
            #[ignore = $long]
            fn $case() {
                crate::cases::$case(&$it);
            }
        )*
    };
}
pub(crate) use cases;

/// An agent, and what is its own in what it reports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) agent: Agent,
    /// The component of its spans.
    pub(crate) component: &'static str,
    /// What the map says of such a component.
    pub(crate) language: &'static str,
    /// Which of its spans names the endpoint in its headers.
    pub(crate) parent: Parent,
    /// How its spans show an error.
    pub(crate) error: &'static str,
    /// Why ours doesn't read what it writes for a request that it does not sample. Nothing is
    /// counted where it writes nothing.
    pub(crate) unsampled: Option<&'static str>,
    /// Reports by HTTP where ours does.
    pub(crate) http: bool,
    pub(crate) many: Many,
}

/// Whose name is the endpoint in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The first span's, as in the Java agent.
    First,
    /// The Exit's own.
    Exit,
}

/// So many requests by several connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Many {
    options: &'static [&'static str],
    requests: usize,
}

impl Many {
    pub(crate) const THOUSANDS: Self =
        Self { options: &["--connections", "8", "--requests", "250"], requests: 2_000 };
    /// For an agent that takes long over them.
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

    fn by_http_too(&self) -> Side {
        if self.http { self.plain().by_http() } else { self.plain() }
    }

    /// The text without the indentation of the source, and with this agent's own words.
    pub(crate) fn text(&self, text: &str) -> String {
        let (first, long) = match self.parent {
            Parent::First => ("/API/Snapshot", "/API/Snapshot[/很长 x21]/很-380535aa"),
            Parent::Exit => ("/Service/OnSnapshot", "/Service/OnSnapshot[/长 x36]/-05a59dc0"),
        };
        let publish =
            if self.parent == Parent::First { "/API/Publish" } else { "/Service/Publish" };
        let own = [
            ("component=ITS", format!("component={}", self.component)),
            ("(ITS)", format!("({})", self.language)),
            ("(ITS, guessed)", format!("({}, guessed)", self.language)),
            ("ITS-ENDPOINT", first.to_owned()),
            ("ITS-LONG-ENDPOINT", long.to_owned()),
            ("ITS-PUBLISHING", publish.to_owned()),
            ("ITS-ERROR", self.error.to_owned()),
        ];
        own.iter().fold(unindented(text), |text, (word, meant)| text.replace(word, meant))
    }
}

fn unindented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let indentation = lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines().flat_map(|line| [&line[indentation..], "\n"]).collect()
}

/// That the whole is this. Both are shown as they are where it is not.
#[track_caller]
pub(crate) fn same(shown: &str, expected: &str) {
    assert!(shown == expected, "this is:\n{shown}\nthis should be:\n{expected}");
}

/// It asks, and ours answers.
const ASKED_BY_IT: &str = "
    RTS_Test_1 Entry /API/Snapshot Http component=ITS {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=ITS peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 ITS-ENDPOINT RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
";

/// Ours asks, and it answers.
const ASKED_BY_OURS: &str = "
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
";

/// The map of the one, and of the other.
const MAP_OF_IT: &str = "
    map: 4 nodes, 3 calls
    User -> RTS_Test (ITS)
    RTS_Test (ITS) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Unknown, guessed)
";
const MAP_OF_OURS: &str = "
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (ITS)
    Service_Test (ITS) -> APIService (ITS, guessed)
";

pub(crate) fn it_asks_and_the_example_answers(it: &Peer) {
    let Some(play) = Play::of(it.plain(), Example.plain()) else { return };
    let tree = it.text(ASKED_BY_IT).replace("SELECT 1", "SELECT info FROM snapshot WHERE a = ?");
    same(&play.tree_and_map(4), &(tree + &it.text(MAP_OF_IT)));
}

pub(crate) fn the_example_asks_and_it_answers(it: &Peer) {
    let Some(play) = Play::of(Example.plain(), it.plain()) else { return };
    same(&play.tree_and_map(4), &(it.text(ASKED_BY_OURS) + &it.text(MAP_OF_OURS)));
}

pub(crate) fn what_it_puts_into_the_correlation_context_ours_reads(it: &Peer) {
    let Some(play) = Play::of(it.with(&["--correlate"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=ITS {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=ITS peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 ITS-ENDPOINT RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn what_ours_puts_into_the_correlation_context_it_reads(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), it.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn where_ours_fails_its_call_fails(it: &Peer) {
    let Some(play) = Play::of(it.with(&["--fail"]), Ours.plain()) else { return };
    same(
        &play.trees(3),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=ITS {} ITS-ERROR
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=ITS peer=RTS_Server {} ITS-ERROR
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 ITS-ENDPOINT RTS_Server> log={event, error.kind, message} ERROR
            ",
        ),
    );
}

pub(crate) fn where_it_fails_our_call_fails(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--fail"]), it.plain()) else { return };
    same(
        &play.trees(3),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {} log={event, error.kind, message} ERROR
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> ITS-ERROR
            ",
        ),
    );
}

pub(crate) fn of_many_requests_at_once_by_it_each_is_one_trace(it: &Peer) {
    let Some(play) = Play::of(it.with(it.many.options), Ours.plain()) else { return };
    each_is_one_trace(play, it, ASKED_BY_IT, Role::Server);
}

pub(crate) fn of_many_requests_at_once_by_ours_each_is_one_trace(it: &Peer) {
    let Some(play) = Play::of(Ours.with(it.many.options), it.plain()) else { return };
    each_is_one_trace(play, it, ASKED_BY_OURS, Role::Client);
}

/// All look the same, and the program of ours has sent each.
#[track_caller]
fn each_is_one_trace(mut play: Play, it: &Peer, tree: &str, ours: Role) {
    let requests = it.many.requests;
    same(&play.trees(4 * requests), &format!("{requests} of\n{}", it.text(tree)));
    let counters = play.counters(ours);
    assert_eq!(
        (&counters["sent"], &counters["opened"]),
        (&requests.into(), &requests.into()),
        "{counters}"
    );
}

pub(crate) fn its_long_names_are_read_and_cut(it: &Peer) {
    let Some(play) = Play::of(it.with(&["--long", "100"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x100] Http component=ITS {} BREAKS too-long BREAKS column
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x100] RPCFramework component=ITS peer=RTS_Server[.long x100] {} BREAKS too-long BREAKS too-long
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 ITS-LONG-ENDPOINT RTS_Server[.long x38]>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// More than the 4 KiB that a stranger's header may have.
pub(crate) fn its_names_that_make_a_header_of_8_kib_are_not_read(it: &Peer) {
    let Some(mut play) = Play::of(it.with(&["--long", "500"]), Ours.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x500] Http component=ITS {} BREAKS too-long BREAKS column
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x500] RPCFramework component=ITS peer=RTS_Server[.long x500] {} BREAKS too-long BREAKS too-long
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_too_long": 1 }));
}

pub(crate) fn long_names_of_ours_arrive_cut(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--long", "500"]), it.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot[/很长 x21]/很-380535aa Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot[/长 x36]/-05a59dc0 RPCFramework component=0 peer=RTS_Server[.long x38] {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x21]/很-380535aa RTS_Server[.long x38]>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

pub(crate) fn where_it_samples_nothing_a_trace_begins_at_ours(it: &Peer) {
    let Some(mut play) = Play::of(it.plain().unsampled(), Ours.plain()) else { return };
    same(
        &play.trees(2),
        &it.text(
            "
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
    let reasons: serde_json::Value =
        it.unsampled.iter().map(|reason| ((*reason).to_owned(), serde_json::json!(1))).collect();
    assert_eq!(play.counters(Role::Server)["reasons"], reasons);
}

pub(crate) fn where_ours_samples_nothing_a_trace_begins_at_it(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--correlate"]).unsampled(), it.plain()) else { return };
    same(
        &play.trees(2),
        &it.text(
            "
            Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {}
              Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// Whatever its own sampler would say.
pub(crate) fn what_it_samples_ours_samples_too(it: &Peer) {
    let Some(play) = Play::of(it.plain(), Ours.plain().unsampled()) else { return };
    same(&play.trees(4), &it.text(ASKED_BY_IT));
}

pub(crate) fn its_batch_is_one_span_of_ours_with_a_ref_each(it: &Peer) {
    let Some(play) = Play::of(it.with(&["--batch", "3"]), Ours.plain()) else { return };
    same(
        &play.trees(7),
        &it.text(
            "
            2 of
            RTS_Test_1 Entry /API/Publish Http component=ITS {}
              RTS_Test_1 Exit /Service/Publish RPCFramework component=ITS peer=RTS_Server {}
            RTS_Test_1 Entry /API/Publish Http component=ITS {}
              RTS_Test_1 Exit /Service/Publish RPCFramework component=ITS peer=RTS_Server {}
            Service_Test_1 Entry /Service/Consume RPCFramework component=11000 {} <CrossProcess RTS_Test_1 ITS-PUBLISHING RTS_Server> <CrossProcess RTS_Test_1 ITS-PUBLISHING RTS_Server> <CrossProcess RTS_Test_1 ITS-PUBLISHING RTS_Server>
            ",
        ),
    );
}

pub(crate) fn two_entries_of_ours_are_one_span_below_it(it: &Peer) {
    let Some(play) = Play::of(it.plain(), Ours.with(&["--merged"])) else { return };
    same(&play.trees(4), &it.text(ASKED_BY_IT));
}

pub(crate) fn two_exits_of_ours_are_one_span_above_it(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--merged"]), it.plain()) else { return };
    same(&play.trees(4), &it.text(ASKED_BY_OURS).replace("RTS_Server", "RTS_Middleware"));
}

pub(crate) fn ours_reports_by_http_below_it(it: &Peer) {
    let Some(play) = Play::of(it.by_http_too(), Ours.plain().by_http()) else { return };
    same(&play.tree_and_map(4), &(it.text(ASKED_BY_IT) + &it.text(MAP_OF_IT)));
}

pub(crate) fn ours_reports_by_http_above_it(it: &Peer) {
    let Some(play) = Play::of(Ours.plain().by_http(), it.by_http_too()) else { return };
    same(&play.tree_and_map(4), &(it.text(ASKED_BY_OURS) + &it.text(MAP_OF_OURS)));
}

pub(crate) fn it_sends_two_tags_of_one_key(it: &Peer) {
    let Some(play) = Play::of(Ours.plain(), it.with(&["--twice"])) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {seed.step=first, seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> BREAKS tag-twice
                  Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}

/// The header `sw8-x`, which it does not know.
pub(crate) fn a_time_of_sending_does_not_disturb_it(it: &Peer) {
    let Some(play) = Play::of(Ours.with(&["--mq"]), it.plain()) else { return };
    same(
        &play.trees(4),
        &it.text(
            "
            RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
              RTS_Test_1 Exit /Service/OnSnapshot MQ component=0 peer=RTS_Server {}
                Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=ITS {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
                  Service_Test_1 Exit /database/QuerySnapshot Database component=ITS peer=APIService {db.type=sql, db.statement=SELECT 1}
            ",
        ),
    );
}
