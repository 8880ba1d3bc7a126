//! Sampling by count and by rate.

use std::time::Instant;

use crate::sampling::prelude::*;

/// Makes requests on several threads at once. Returns how many were recorded.
fn recorded(threads: usize, requests: usize) -> u64 {
    let before = stats::read().opened;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                (0..requests).for_each(|_| span(&ENTRY).run(|| drop(span(&PART).enter())));
            });
        }
    });
    assert!(is_idle());
    stats::read().opened - before
}

// Feature: sampling by count
#[test]
fn exactly_n_per_three_seconds_are_recorded_under_races() {
    let begun = Instant::now();
    let _running = sampling(Sampling::per_3_secs(7));
    let mut taken = 0;
    let left_out = counted(Diagnostic::UnsampledSampler, || taken = recorded(4, 500));
    // On a slow machine the next window may have started.
    let windows = begun.elapsed().as_secs() / 3 + 1;

    assert!(taken >= 7 && taken <= 7 * windows, "{taken} in {windows} windows");
    assert_eq!(taken + left_out, 2_000);
}

#[test]
fn forced_traces_use_the_budget_and_are_never_refused() {
    let begun = Instant::now();
    let _running = sampling(Sampling::per_3_secs(3));
    let trees = run(|| {
        (0..5).for_each(|_| _ = serve("/forced", SW8));
        (0..5).for_each(|_| _ = serve("/asked", ""));
    });
    let of = |name: &str| trees.iter().filter(|tree| tree.root.name == name).count() as u64;

    assert_eq!(of("/forced"), 5);
    // Each further window has its own budget.
    assert!(of("/asked") <= 3 * (begun.elapsed().as_secs() / 3), "{}", of("/asked"));
}

// Feature: sampling by rate
#[test]
fn rate_of_a_thousandth_is_not_none_or_a_hundredth() {
    let _running = sampling(Sampling::rate(0.001));
    // The expected number is 100. A difference of 90 is nine times the standard deviation.
    let taken = recorded(1, 100_000);

    assert!((10..=190).contains(&taken), "{taken}");
}

#[test]
fn rates_0_and_1_are_none_and_all() {
    {
        let _running = nothing();
        assert_eq!(recorded(2, 50), 0);
    }
    let _running = sampling(Sampling::rate(1.0));

    assert_eq!(recorded(2, 50), 100);
}

#[test]
fn unsampled_request_has_a_trace_id_and_no_orphans() {
    let _running = nothing();
    let mut id = None;
    let trees = run(|| {
        let left_out = counted(Diagnostic::UnsampledSampler, || id = serve("/users", ""));
        assert_eq!(left_out, 1);
        assert!(is_idle());
    });

    assert_eq!(text(&trees), "");
    assert!(id.is_some_and(|id| !id.is_empty()));
}

#[test]
fn local_and_exit_roots_are_sampled_too() {
    let _running = nothing();
    assert_eq!(text(&run(|| (local(), exit()).0)), "");
}
