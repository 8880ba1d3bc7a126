//! The properties are in `skywalking-collector/src/fuzz_properties.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skywalking_collector::__fuzzing::segment(data));
