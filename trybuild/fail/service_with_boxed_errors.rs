//! The service has boxed errors, for which the layer needs `boxed_errors()`.

use http::{Request, Response};
use skywalking_tower::ServerLayer;
use tower::{BoxError, Service, ServiceBuilder, service_fn};

fn serve<S: Service<Request<String>>>(_service: S) {}

async fn answer(_request: Request<String>) -> Result<Response<String>, BoxError> {
    Ok(Response::new(String::new()))
}

fn main() {
    serve(ServiceBuilder::new().layer(ServerLayer::new()).service(service_fn(answer)));
}
