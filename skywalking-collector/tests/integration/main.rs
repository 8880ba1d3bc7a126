//! The collector from outside: over real connections, and as a program.

mod call_search;
mod commands;
mod grpc_reports;
mod http_queries;
mod http_reports;
mod http_search;
mod limits;
mod live;
mod metrics;
mod pages;
mod program;
mod records;
mod services;
mod support;
mod trace_queries;
