//! The program `transport`: the file has each segment once.

use std::process::Command;

#[test]
fn file_has_each_segment_after_its_length() {
    let file = std::env::temp_dir().join(format!("skywalking-transport-{}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let command = &mut Command::new(env!("CARGO_BIN_EXE_transport"));
    let ended = crate::support::run(command.arg(&file).args(["--segments", "50"])).succeeded();
    assert_eq!(ended.out, "sent 50, dropped 0\n");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let mut rest = &bytes[..];
    let mut numbers = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (segment, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        let segment =
            <skywalking_proto::v3::SegmentObject as prost::Message>::decode(segment).unwrap();
        assert_eq!(segment.spans[0].operation_name, "/hello");
        numbers.push(segment.spans[0].tags[0].value.parse::<u32>().unwrap());
        rest = after;
    }
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
}

#[test]
fn file_that_cannot_be_opened_is_an_error() {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_transport"));
    let ended = crate::support::run(command.arg("/no/such/folder/segments")).failed();
    assert!(ended.err.contains("can't open \"/no/such/folder/segments\""), "{}", ended.err);
}
