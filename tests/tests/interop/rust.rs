//! The crate `skywalking` 0.10. It has no correlation context: see what becomes of ours. It has no
//! sampler either.

use crate::agents::Agent::{Crate, Ours};
use crate::cases::{Many, Parent, Peer, cases};
use crate::play::Play;

const CRATE: Peer = Peer {
    agent: Crate,
    component: "11000",
    language: "Rust",
    parent: Parent::First,
    error: "log={event, error.kind, message} ERROR",
    unsampled: None,
    http: false,
    many: Many::HUNDREDS,
};

cases! { CRATE:
    it_asks_and_the_example_answers,
    the_example_asks_and_it_answers,
    "long: .ci/long interop-rust":
    where_ours_fails_its_call_fails,
    where_it_fails_our_call_fails,
    of_many_requests_at_once_by_it_each_is_one_trace,
    of_many_requests_at_once_by_ours_each_is_one_trace,
    its_long_names_are_read_and_cut,
    its_names_that_make_a_header_of_8_kib_are_not_read,
    long_names_of_ours_arrive_cut,
    where_ours_samples_nothing_a_trace_begins_at_it,
    what_it_samples_ours_samples_too,
    its_batch_is_one_span_of_ours_with_a_ref_each,
    two_entries_of_ours_are_one_span_below_it,
    two_exits_of_ours_are_one_span_above_it,
    ours_reports_by_http_below_it,
    ours_reports_by_http_above_it,
    it_sends_two_tags_of_one_key,
    a_time_of_sending_does_not_disturb_it,
}

#[test]
fn our_correlation_ends_at_the_crate_and_the_trace_does_not() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
