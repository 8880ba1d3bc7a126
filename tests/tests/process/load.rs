//! Runs the program `reporter-load`, whose backend fails in every way that HTTP/2 allows.

use std::process::Command;

use skywalking_tests::child::without_agent_variables;

#[test]
fn counts_agree_with_a_backend_that_fails_with_batches_in_flight() {
    for seed in 1..=3 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reporter-load"));
        let command = without_agent_variables(command.args(["faults", "4", &seed.to_string()]));
        let output = command.output().expect("the program starts");
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        println!("seed {seed}: {out}{err}");
        assert!(output.status.success());
        assert!(out.contains("duplicates: 0") && !out.contains("arrived: 0,"));
    }
}
