//! The table of variables: each that this agent or another SkyWalking agent reads.
//!
//! `docs/configuration.md` is made from it.

use super::{aliases::ALIASES, unused, used};

/// Another SkyWalking agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherAgent {
    /// apache/skywalking-java
    Java,
    /// SkyAPM/go2sky
    Go2sky,
    /// apache/skywalking-go
    Go,
    /// apache/skywalking-python
    Python,
}

/// The type of a setting in a [file](crate::Config).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileValue {
    /// A string.
    Text,
    /// An integer.
    Integer,
    /// An integer or a number with a point.
    Number,
    /// `true` or `false`.
    Switch,
    /// A list of strings. A string with commas is accepted too.
    List,
}

/// What this agent does with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// It is a setting of this agent.
    Used {
        /// What it sets, as Markdown.
        meaning: &'static str,
        /// The value without the variable, as Markdown.
        default: &'static str,
        /// The method of [`Config`](crate::Config) that sets the same.
        method: &'static str,
        /// The type of its value in a file.
        in_file: FileValue,
    },
    /// It is another agent's name of a setting. The name of this agent wins if both are set.
    Alias {
        /// The name of this agent.
        of: &'static str,
    },
    /// It is an error at the start, unless its value is `false`.
    Refused {
        /// The reason and the fix.
        reason: &'static str,
    },
    /// It has no effect.
    Ignored {
        /// The reason, as Markdown.
        reason: &'static str,
    },
}

/// A variable that this agent or another SkyWalking agent reads.
///
/// ```
/// use skywalking_runtime::config::{OtherAgent, Usage, variables};
///
/// let name = variables().find(|variable| variable.name == "SW_AGENT_NAME").unwrap();
/// assert!(name.agents.contains(&OtherAgent::Java));
/// assert!(matches!(name.usage, Usage::Used { method: "new", .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// The name. With `*` at its end, all names that begin with the rest.
    pub name: &'static str,
    /// The other agents that read it. Empty for a variable of this agent alone.
    pub agents: &'static [OtherAgent],
    /// What this agent does with it.
    pub usage: Usage,
}

impl Variable {
    /// Returns true if this is the variable, or if its prefix matches.
    pub(super) fn is_named(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => self.name == name,
        }
    }

    /// Returns true if the variable can change a setting or stop the start.
    pub(in crate::config) fn is_read(&self) -> bool {
        !matches!(self.usage, Usage::Ignored { .. })
    }
}

/// Returns all variables that this agent or another SkyWalking agent reads.
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    used::USED.iter().chain(ALIASES).chain(unused::UNUSED)
}

/// Returns the other names of a setting. The first that is set counts.
pub(crate) fn aliases(name: &str) -> impl Iterator<Item = &'static str> {
    variables().filter_map(move |variable| match variable.usage {
        Usage::Alias { of } if of == name => Some(variable.name),
        _ => None,
    })
}

/// Returns the entry of a name. An exact name precedes a prefix.
pub(in crate::config) fn find(name: &str) -> Option<&'static Variable> {
    let exact = variables().find(|variable| variable.name == name);
    exact.or_else(|| variables().find(|variable| variable.is_named(name)))
}
