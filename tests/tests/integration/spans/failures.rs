//! Panics and errors, in functions and in the formatting of their arguments.

use crate::spans::prelude::*;

#[test]
fn panic_marks_exactly_the_unwound_spans() {
    #[local_span(name = "outer")]
    fn outer() {
        let caught = catch_unwind(AssertUnwindSafe(inner));
        assert!(caught.is_err());
        drop(span(&C).enter());
    }
    #[local_span(name = "inner")]
    fn inner() {
        let _guard = span(&B).enter();
        panic!("on purpose: {}", 7)
    }
    let trees = run(|| span(&ENTRY).run(outer));
    let log = "[event=error error.kind=panic message=on purpose: 7]";
    assert_eq!(
        text(&trees),
        format!(
            "Entry /entry layer=Http\n  Local outer\n    Local inner ERROR {log}\n      Local b ERROR {log}\n    Local c\n"
        )
    );
    assert!(is_idle());
}

#[test]
fn panicking_root_is_sent_and_no_segment_is_current() {
    let trees = run(|| {
        let caught = catch_unwind(|| span(&ENTRY).run(|| panic!("whole")));
        assert!(caught.is_err() && is_idle());
    });
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ERROR [event=error error.kind=panic message=whole]\n"
    );
}

#[test]
fn spans_opened_while_unwinding_are_not_marked() {
    struct Cleanup;
    impl Drop for Cleanup {
        fn drop(&mut self) {
            drop(span(&A).enter());
        }
    }

    let trees = run(|| {
        span(&ENTRY).run(|| {
            let caught = catch_unwind(|| {
                let _cleanup = Cleanup;
                panic!("go")
            });
            assert!(caught.is_err());
        });
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a\n");
}

// Feature: annotations
#[test]
fn returned_error_marks_the_span() {
    #[derive(Debug)]
    struct Broken(std::num::ParseIntError);
    impl fmt::Display for Broken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no order")
        }
    }
    impl std::error::Error for Broken {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    #[local_span(name = "read")]
    fn read(text: &str) -> Result<u8, Broken> {
        let number = text.parse::<u8>().map_err(Broken)?;
        Ok(number)
    }
    #[local_span(name = "boxed")]
    fn boxed(text: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        Ok(text.parse::<u8>()?)
    }
    #[local_span(name = "unnamed")]
    fn unnamed<E>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[local_span(name = "quiet", no_err)]
    fn quiet() -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }
    let trees = run(|| {
        span(&ENTRY).run(|| {
            assert!(
                read("7").is_ok()
                    && read("x").is_err()
                    && boxed("x").is_err()
                    && unnamed(()).is_err()
                    && quiet().is_err()
            );
        });
    });
    let shown = text(&trees);
    let lines: Vec<_> = shown.lines().map(str::trim).collect();
    assert_eq!(lines[1], "Local read");
    assert!(lines[2].starts_with("Local read ERROR [event=error error.kind="), "{}", lines[2]);
    assert!(
        lines[2].ends_with(
            "Broken message=no order stack=no order\\nCaused by: invalid digit found in string]"
        ),
        "{}",
        lines[2]
    );
    assert!(
        lines[3].contains("Box<dyn core::error::Error")
            && lines[3].ends_with("message=invalid digit found in string]"),
        "{}",
        lines[3]
    );
    assert_eq!(lines[4], "Local unnamed ERROR [event=error error.kind=()]");
    assert_eq!(lines[5], "Local quiet");
}

#[test]
fn panicking_display_loses_only_its_value() {
    let _counts = crate::exact_counts();
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in Display")
        }
    }
    #[local_span(name = "tagged", tags("bad" = %Bad, "good" = 1))]
    fn tagged() -> u8 {
        42
    }

    let trees = run(|| span(&ENTRY).run(|| assert_eq!(tagged(), 42)));

    // Literal tags come first, since they are in the callsite.
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local tagged {good=1, bad=<panicked>}\n");
}

#[test]
fn panicking_argument_unwinds_and_leaves_no_open_span() {
    fn boom() -> u8 {
        panic!("argument")
    }
    #[entry_span(name = "/never", tags("x" = boom()))]
    fn never() {}
    let trees = run(|| {
        assert!(catch_unwind(never).is_err());
        assert!(is_idle());
    });
    assert_eq!(text(&trees), "");
}

#[test]
fn panicking_name_of_a_builder_loses_only_its_text() {
    let _counts = crate::exact_counts();
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in Display")
        }
    }

    let trees = run(|| span(&ENTRY).name(Bad).peer(Bad).run(|| ()));

    assert_eq!(text(&trees), "Entry <panicked> layer=Http peer=<panicked>\n");
    assert!(is_idle());
}

#[test]
fn resumed_panic_has_no_message_of_an_older_one() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            assert!(catch_unwind(|| panic!("older")).is_err());
            let caught = catch_unwind(|| {
                let _span = span(&A).enter();
                // As with the error of a joined task: no hook runs, so the message is unknown.
                std::panic::resume_unwind(Box::new("later"));
            });
            assert!(caught.is_err());
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local a ERROR [event=error error.kind=panic]\n"
    );
}
