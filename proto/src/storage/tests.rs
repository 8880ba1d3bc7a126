//! Checks each limit against the columns: builds ids as the OAP does, and measures them.

use super::*;

/// Characters of Base64 with padding.
fn base64(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

fn id_in(service: usize, name: usize) -> usize {
    base64(service) + ".1_".len() + base64(name)
}

mod limits {
    use super::*;

    #[test]
    fn service_fills_its_column_and_one_more_byte_does_not_fit() {
        assert!(base64(SERVICE_BYTES) + ".1".len() <= 200);
        assert!(base64(SERVICE_BYTES + 1) + ".1".len() > 200);
    }

    #[test]
    fn names_fill_their_columns_below_every_service() {
        for service in 1..=SERVICE_BYTES {
            for (limit, column) in [(name_bytes(service), 250), (endpoint_bytes(service), 512)] {
                assert!(
                    id_in(service, limit) <= column && id_in(service, limit + 1) > column,
                    "{service} {limit}"
                );
                assert!(limit >= 36);
            }
        }
        assert_eq!(
            (name_bytes(20), name_bytes(50), name_bytes(34), name_bytes(33)),
            (162, 132, 147, 150)
        );
        assert_eq!(name_bytes(1_000), 0);
    }

    #[test]
    fn peer_fits_as_instance_of_itself_and_as_address() {
        assert_eq!(PEER_BYTES, 90);
        assert!(
            id_in(PEER_BYTES, PEER_BYTES) <= 250 && id_in(PEER_BYTES + 1, PEER_BYTES + 1) > 250
        );
        for (peer, fits) in [
            ("p".repeat(200), true),
            ("p".repeat(201), false),
            ("键".repeat(30), true),
            ("键".repeat(31), false),
            // Behind the 70 units of the service it counts as an address alone: Base64 of 384
            // bytes is 512 characters.
            (format!("{}{}", "p".repeat(70), "键".repeat(104)), true),
            (format!("{}{}", "p".repeat(70), "键".repeat(105)), false),
            (format!("{}{}", "p".repeat(60), "键".repeat(10)), true),
            (format!("{}{}", "p".repeat(59), "键".repeat(11)), false),
        ] {
            assert_eq!(peer_fits(&peer), fits, "{peer}");
            let stored = shorten_peer(&peer);
            assert!(peer_fits(&stored) && (stored == peer) == fits, "{peer}");
        }
    }

    #[test]
    fn tags_that_become_names_and_statements_fit() {
        let limit = |key| tag_limit(key).unwrap();
        let bytes = |key| limit(key).fit(&"键".repeat(700)).len();
        assert!(id_in(PEER_BYTES, bytes("mq.topic") + 1 + bytes("mq.queue")) <= 512);
        assert!(
            bytes("cache.type") + "-local".len() <= SERVICE_BYTES
                && bytes("gen_ai.provider.name") <= SERVICE_BYTES
        );
        let units = |key| limit(key).fit(&"𝄞".repeat(2_000)).encode_utf16().count();
        assert!(units("cache.cmd") + 1 + units("cache.key") <= 2_000);
        // The OAP cuts the names that it makes of these values to 150 and 70 characters. That
        // suffices for ASCII.
        assert_eq!(limit("mq.topic").fit(&"t".repeat(400)).len(), 400);
        assert_eq!((tag_limit("db.statement"), tag_limit("mq.broker")), (None, None));
    }
}

mod shortening {
    use super::*;

    #[test]
    fn text_within_the_limit_stays() {
        for text in ["", "a", "键键键"] {
            assert!(matches!(shorten(text, 3, 9), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn text_over_the_limit_is_cut_at_a_character_with_a_hash() {
        let name = "键".repeat(60);
        assert_eq!(shorten(&name, 150, 162), format!("{}-3d0b1f69", "键".repeat(51)));
        assert_eq!(shorten(&name, 150, 163), shorten(&name, 150, 162));
        assert_eq!(shorten(&name, 50, 162), format!("{}-3d0b1f69", "键".repeat(41)));
        for limit in 9..180 {
            let short = shorten(&name, 150, limit);
            assert!(short.len() <= limit && short.len() + 3 > limit, "{limit}");
            // Shortening a short text again does not change it.
            assert_eq!(shorten(&short, 150, limit), short);
        }
    }

    #[test]
    fn text_of_mixed_characters_keeps_both_limits() {
        for ascii in 0..150 {
            let name = format!("{}{}", "n".repeat(ascii), "𝄞键".repeat(50));
            for (units, bytes) in [(150, 180), (150, 36), (50, 147), (50, 36)] {
                let short = shorten(&name, units, bytes);
                assert!(short.len() <= bytes && short.encode_utf16().count() <= units, "{short}");
                assert_eq!(shorten(&short, units, bytes), short);
            }
        }
    }

    #[test]
    fn names_with_one_beginning_stay_apart() {
        let name = |end: u32| shorten(&format!("{}{end}", "键".repeat(60)), 150, 162).into_owned();
        assert_ne!(name(1), name(2));
    }

    #[test]
    fn text_is_cut_at_a_character_by_units_and_by_bytes() {
        for (text, limit, kept) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "abc"),
            ("a𝄞b", 2, "a"),
            ("a𝄞b", 3, "a𝄞"),
            ("键键键", 2, "键键"),
            ("键", 0, ""),
        ] {
            assert_eq!(cut(text, limit), kept);
        }
        for (text, limit, kept) in [("a键b", 4, "a键"), ("a键b", 3, "a"), ("a键b", 9, "a键b")]
        {
            assert_eq!(cut_bytes(text, limit), kept);
        }
    }
}

#[test]
fn nul_is_replaced_and_other_controls_stay() {
    assert_eq!(storable("a\0b\0"), "a\u{fffd}b\u{fffd}");
    let others: String = (1..=0x9f)
        .filter_map(char::from_u32)
        .chain(['\u{fffe}', '\u{ffff}', '\u{10ffff}', '\u{2028}'])
        .collect();
    assert!(matches!(storable(&others), Cow::Borrowed(_)));
}

#[test]
fn hash_is_fnv1a() {
    assert_eq!(
        (fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")),
        (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968)
    );
}

#[test]
fn nul_is_found_at_each_place_of_texts_of_all_lengths() {
    for length in 0..100 {
        let text = "\u{1}".repeat(length);
        assert!(is_storable(&text) && is_storable(&"键".repeat(length)));
        for place in 0..length {
            let mut text = text.clone();
            text.replace_range(place..=place, "\0");
            assert!(!is_storable(&text), "{place} of {length}");
        }
    }
}
