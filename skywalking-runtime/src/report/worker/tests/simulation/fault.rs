//! What fails in a simulation.

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// The backend closes its connections and refuses new ones.
    Gone,
    /// The machine of the backend stops. Its connections are closed, and new ones wait.
    Crashed,
    /// All packets are lost, and new connections are refused.
    Partitioned,
    /// The packets from the agent are lost.
    RequestsLost,
    /// The packets from the backend are lost.
    AnswersLost,
    /// Packets and new connections wait until the end of the fault.
    Held,
    /// The backend fails calls and connections at random.
    Failing,
}

impl Fault {
    pub(super) const ALL: [Self; 7] = [
        Self::Gone,
        Self::Crashed,
        Self::Partitioned,
        Self::RequestsLost,
        Self::AnswersLost,
        Self::Held,
        Self::Failing,
    ];

    /// Returns true if connections may stay open that lost data: only a deadline ends them.
    pub(super) fn is_silent(self) -> bool {
        !matches!(self, Self::Gone | Self::Crashed)
    }
}
