//! `services --verbose`: each service with its endpoints and statements.

use serde::de::DeserializeOwned;
use skywalking_collector::{EndpointView, ServiceView, StatementView, view};

use super::client::{self, Client};
use crate::error::Error;
use crate::output::write;

/// The most endpoints and statements of a service.
const ENDPOINTS: usize = 20;
const STATEMENTS: usize = 5;

/// Prints the services, and for each its endpoints with the most calls and its slowest statements.
pub(super) async fn with_details(client: &Client) -> Result<(), Error> {
    let style = view::Style::stdout();
    let services: Vec<ServiceView> = client.parse(&client.get("/api/services").await?)?;
    write(&view::services(&services, style))?;
    for service in &services {
        let endpoints: Vec<EndpointView> = list(client, "endpoints", service, ENDPOINTS).await?;
        let statements: Vec<StatementView> =
            list(client, "statements", service, STATEMENTS).await?;
        if endpoints.is_empty() && statements.is_empty() {
            continue;
        }
        let mut text = format!("\n{}\n", view::escaped(&service.name));
        if !endpoints.is_empty() {
            text += &view::endpoints(&endpoints, style);
        }
        text += &view::statements(&statements, style);
        write(&text)?;
    }
    Ok(())
}

async fn list<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    service: &ServiceView,
    limit: usize,
) -> Result<T, Error> {
    let pairs = [("service", service.name.clone()), ("limit", limit.to_string())];
    let path = format!("/api/{what}{}", client::query(pairs.into_iter()));
    client.parse(&client.get(&path).await?)
}
