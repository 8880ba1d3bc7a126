//! The properties are in `skywalking-runtime/src/headers/fuzz_properties.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skywalking_runtime::__fuzzing::extension(data));
