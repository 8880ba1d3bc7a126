//! Messages for each provided field type, with serde modules for those that serde does not support.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use skywalking_runtime::{
    Carrier,
    propagation::{Extract, Inject},
};

/// A message of these tests.
pub(crate) trait Message: Extract + Inject + Default + Serialize + DeserializeOwned {
    /// Returns the rest of the message, which no header may change.
    fn rest(&self) -> (i32, &str);
}

/// Declares a message with one field for all headers.
macro_rules! message {
    ($($name:ident: $field:ty $(as $form:literal)?;)*) => {$(
        #[derive(Carrier, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) a: i32,
            #[carrier]
            #[serde(default $(, with = $form)?)]
            pub(crate) header: $field,
            pub(crate) note: String,
        }

        impl Message for $name {
            fn rest(&self) -> (i32, &str) {
                (self.a, &self.note)
            }
        }
    )*};
}

message! {
    Text: String;
    OptionText: Option<String>;
    BoxText: Box<String>;
    OptionBoxText: Option<Box<String>>;
    BoxOptionText: Box<Option<String>>;
    Hash: HashMap<String, String>;
    Tree: BTreeMap<String, String>;
    OptionTree: Option<BTreeMap<String, String>>;
    Pairs: Vec<(String, String)>;
    BytesPairs: Vec<(String, Vec<u8>)>;
    SharedBytesPairs: Vec<(String, Bytes)> as "bytes_pairs";
    Http: HeaderMap as "header_map";
}

/// The field is absent in the JSON if there is no header, as older readers of the message expect.
#[derive(Carrier, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sparse {
    pub(crate) a: i32,
    #[carrier]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) header: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// A message with a field for each header.
#[derive(Carrier, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fields {
    pub(crate) a: i32,
    #[carrier(header = "sw8")]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) trace: String,
    #[carrier(header = "sw8-correlation")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) correlation: Option<String>,
    #[carrier(header = "sw8-x")]
    pub(crate) extension: Option<String>,
    #[serde(default)]
    pub(crate) note: String,
}

impl Message for Sparse {
    fn rest(&self) -> (i32, &str) {
        (self.a, &self.note)
    }
}

impl Message for Fields {
    fn rest(&self) -> (i32, &str) {
        (self.a, &self.note)
    }
}

/// Serializes to JSON and back.
pub(crate) fn through_json<From: Serialize, To: DeserializeOwned>(message: &From) -> To {
    let json = serde_json::to_string(message).expect("a message becomes JSON");
    serde_json::from_str(&json).expect("the JSON is a message")
}

mod bytes_pairs {
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        pairs: &[(String, Bytes)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(pairs.iter().map(|(key, value)| (key, value.as_ref())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(String, Bytes)>, D::Error> {
        let pairs = Vec::<(String, Vec<u8>)>::deserialize(from)?;
        Ok(pairs.into_iter().map(|(key, value)| (key, value.into())).collect())
    }
}

mod header_map {
    use std::collections::HashMap;

    use http::HeaderMap;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(headers: &HeaderMap, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            headers
                .iter()
                .map(|(key, value)| (key.as_str(), value.to_str().expect("headers of text"))),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderMap, D::Error> {
        HeaderMap::try_from(&HashMap::<String, String>::deserialize(from)?)
            .map_err(D::Error::custom)
    }
}
