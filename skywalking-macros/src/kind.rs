//! The three span attributes, and the words of their grammar.

use proc_macro2::Ident;
use syn::Attribute;

/// One of the three span attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `#[entry_span]`.
    Entry,
    /// `#[exit_span]`.
    Exit,
    /// `#[local_span]`.
    Local,
}

/// The item that an attribute is written on, for a function whose arguments are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AttributeOn {
    /// The function itself.
    Function,
    /// The impl block around the function.
    ImplBlock,
}

impl Kind {
    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::Entry, Self::Exit, Self::Local];

    /// Returns the keys that this attribute accepts, in the order of the documentation.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'static str> {
        KEYS.iter().filter(move |(_, kinds)| kinds.contains(&self)).map(|(word, _)| *word)
    }

    /// Returns whether this attribute accepts a key.
    pub(crate) fn accepts(self, key: &Ident) -> bool {
        self.keys().any(|word| key == word)
    }

    /// Returns the attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Entry => "entry_span",
            Self::Exit => "exit_span",
            Self::Local => "local_span",
        }
    }

    /// Returns the attribute of this name, if it is one of the three.
    pub(crate) fn from_name(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| name == kind.attribute())
    }

    /// Returns the kind of an attribute, by the last segment of its path.
    pub(crate) fn from_attribute(attr: &Attribute) -> Option<Self> {
        attr.path().segments.last().and_then(|last| Self::from_name(&last.ident))
    }
}

/// Every key, and the attributes that accept it.
const KEYS: [(&str, &[Kind]); 17] = [
    ("name", &Kind::ALL),
    ("extract", &[Kind::Entry]),
    ("extract_each", &[Kind::Entry]),
    ("peer", &[Kind::Entry, Kind::Exit]),
    ("inject", &[Kind::Exit]),
    ("component", &Kind::ALL),
    ("layer", &Kind::ALL),
    ("tags", &Kind::ALL),
    ("ret_tags", &Kind::ALL),
    ("err", &Kind::ALL),
    ("no_err", &Kind::ALL),
    ("err_ignore", &Kind::ALL),
    ("covers", &Kind::ALL),
    ("logic_endpoint", &[Kind::Local]),
    ("orphan", &[Kind::Local]),
    ("names", &Kind::ALL),
    ("crate", &Kind::ALL),
];

/// The values of `layer`, each with its variant of the runtime's `SpanLayer`.
pub(crate) const LAYERS: [(&str, &str); 8] = [
    ("database", "Database"),
    ("rpc", "Rpc"),
    ("http", "Http"),
    ("mq", "Mq"),
    ("cache", "Cache"),
    ("faas", "Faas"),
    ("genai", "GenAi"),
    ("unknown", "Unknown"),
];

/// The values of `orphan`, each with its variant of the runtime's `Orphans`.
pub(crate) const ORPHANS: [(&str, &str); 2] = [("trace", "Trace"), ("skip", "Skip")];

/// The placeholders of `names`, without their braces.
pub(crate) const PLACEHOLDERS: [&str; 4] = ["module", "type", "trait", "fn"];

/// The headers of the protocol, which `#[carrier(header = "..")]` accepts.
pub(crate) const HEADERS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];
