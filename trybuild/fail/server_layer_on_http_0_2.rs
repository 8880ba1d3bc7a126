//! The service uses `http` 0.2, the layers `http` 1.

use std::convert::Infallible;

use http_0_2::{Request, Response};
use skywalking_tower::{ClientLayer, ServerLayer};
use tower::{Service, ServiceBuilder, service_fn};

fn serve<S: Service<Request<String>>>(_service: S) {}

async fn answer(_request: Request<String>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(String::new()))
}

fn main() {
    serve(ServiceBuilder::new().layer(ServerLayer::new()).service(service_fn(answer)));
    serve(ServiceBuilder::new().layer(ClientLayer::new()).service(service_fn(answer)));
}
