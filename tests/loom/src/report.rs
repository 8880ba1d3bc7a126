//! The reporter's half.

#[path = "../../../skywalking-runtime/src/report/accounts.rs"]
pub(crate) mod accounts;
