//! Why a meter was not registered.

use std::error::Error;
use std::fmt;

use crate::util::text::cut;

/// The most characters of a name in a message.
const SHOWN: usize = 160;

/// An error of registering a meter. Each message names the meter and the fix.
///
/// ```
/// use skywalking_runtime::meter;
///
/// meter::counter("cache.hits").register()?;
/// let error = meter::counter("cache-hits").register().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "meter \"cache-hits\": it is reported as `cache_hits`, and so is the meter \"cache.hits\"; \
///      rename one of them"
/// );
/// # Ok::<(), meter::MeterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MeterError {
    /// The name can't be used.
    #[non_exhaustive]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: NameProblem,
    },
    /// A label can't be used.
    #[non_exhaustive]
    Label {
        /// The name of the meter.
        name: String,
        /// The name of the label.
        label: String,
        /// What is wrong with it.
        problem: LabelProblem,
    },
    /// The bounds of a histogram can't be used.
    #[non_exhaustive]
    Bounds {
        /// The name of the meter.
        name: String,
        /// What is wrong with them.
        problem: BoundsProblem,
    },
    /// Another name is reported in the same form.
    #[non_exhaustive]
    Clash {
        /// The name of the meter.
        name: String,
        /// The form in which it would be reported.
        reported: String,
        /// The registered name.
        other: String,
    },
    /// The name belongs to a meter of another kind, or to a histogram with other bounds.
    #[non_exhaustive]
    OtherKind {
        /// The name of the meter.
        name: String,
        /// The registered kind.
        registered: &'static str,
    },
    /// A gauge with this name and these labels is registered. It has its own closure.
    #[non_exhaustive]
    GaugeTwice {
        /// The name of the meter.
        name: String,
    },
    /// The limit of meters is reached.
    #[non_exhaustive]
    TooMany {
        /// The name of the meter.
        name: String,
    },
}

/// What is wrong with the name of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameProblem {
    /// It is empty.
    Empty,
    /// It has more than 150 characters (UTF-16 units).
    TooLong,
    /// It begins like the names of the agent's own meters.
    Reserved,
}

/// What is wrong with a label of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelProblem {
    /// Its name is empty or has more than 150 characters (UTF-16 units).
    Length,
    /// The OAP sets a label with this name.
    Reserved,
    /// Another label of the meter is reported by the same name.
    Twice,
    /// The meter has more labels than this.
    TooMany(usize),
}

/// What is wrong with the bounds of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundsProblem {
    /// There are none.
    None,
    /// The first of these is not below the second.
    NotAscending(i64, i64),
    /// This one is beyond 2^53.
    TooLarge(i64),
    /// There are this many buckets, and at most that many are allowed.
    TooMany(usize, usize),
}

impl MeterError {
    /// Returns the name of the meter.
    pub fn name(&self) -> &str {
        match self {
            Self::Name { name, .. }
            | Self::Label { name, .. }
            | Self::Bounds { name, .. }
            | Self::Clash { name, .. }
            | Self::OtherKind { name, .. }
            | Self::GaugeTwice { name }
            | Self::TooMany { name } => name,
        }
    }
}

impl fmt::Display for MeterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "meter {:?}: ", cut(self.name(), SHOWN))?;
        match self {
            Self::Name { problem, .. } => problem.fmt(f),
            Self::Label { label, problem, .. } => {
                write!(f, "the label {:?} {problem}", cut(label, SHOWN))
            }
            Self::Bounds { problem, .. } => problem.fmt(f),
            Self::Clash { reported, other, .. } => write!(
                f,
                "it is reported as `{reported}`, and so is the meter {other:?}; rename one of them"
            ),
            Self::OtherKind { registered, .. } => {
                write!(f, "the name belongs to a {registered}; choose another name")
            }
            Self::GaugeTwice { .. } => {
                f.write_str("a gauge with this name and these labels is registered; add a label")
            }
            Self::TooMany { .. } => write!(
                f,
                "{} meters are registered, which is the limit; use labels with fewer values",
                super::LIMIT
            ),
        }
    }
}

impl fmt::Display for NameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it has no name; give it one of 1 to 150 characters",
            Self::TooLong => "its name is longer than 150 characters; shorten it",
            Self::Reserved => "its name begins like those of the agent's own meters; rename it",
        })
    }
}

impl fmt::Display for LabelProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("needs a name of 1 to 150 characters"),
            Self::Reserved => {
                f.write_str("can't be used, because the OAP sets this label itself; rename it")
            }
            Self::Twice => f.write_str("is given more than once; remove one of them"),
            Self::TooMany(most) => write!(f, "is one too many: a meter has at most {most} labels"),
        }
    }
}

impl fmt::Display for BoundsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("there are no bounds; give at least one"),
            Self::NotAscending(first, second) => {
                write!(f, "the bound {first} is not below {second}; sort them and remove repeats")
            }
            Self::TooLarge(bound) => write!(f, "the bound {bound} is too large; use a larger unit"),
            Self::TooMany(buckets, most) => {
                write!(f, "there are {buckets} buckets, and {most} are allowed; give fewer bounds")
            }
        }
    }
}

impl Error for MeterError {}
