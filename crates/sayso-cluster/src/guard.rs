use std::net::IpAddr;

use sayso_metrics::Gauge;
use tonic::body::Body;
use tonic::codegen::http::{HeaderValue, Response};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptorLayer;
use tonic::{Request, Status};
use tower::util::MapResponseLayer;

use crate::pass::Stranger;
use crate::{ClusterError, Pass};

/// Stands before every request to a role, and looks at the pass of whoever asks.
#[derive(Clone)]
pub(crate) struct Guard(Pass);

/// A guard before all services of a server.
pub(crate) fn guard(pass: &Pass) -> InterceptorLayer<Guard> {
    InterceptorLayer::new(Guard(pass.clone()))
}

impl Interceptor for Guard {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let shown = request.metadata().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match self.0.admit(shown) {
            Ok(()) => Ok(request),
            Err(Stranger::Unknown) => Err(Status::unauthenticated(
                "this is a cluster of Sayso, and whoever asks shows no pass\nhint: ask with `sayso`",
            )),
            Err(Stranger::Secret) => Err(Status::unauthenticated(
                "the secret is not that of this cluster\nhint: SAYSO_CLUSTER_SECRET has to be the same for all roles",
            )),
            Err(Stranger::Version { ours, theirs }) => Err(Status::failed_precondition(format!(
                "it is of version {ours}, and this program is of version {theirs}\nhint: use the same version everywhere: another one may make other bytes"
            ))),
        }
    }
}

/// The header by which a scheduler says how many workers it has.
pub(crate) const WORKERS: &str = "sayso-workers";

/// Says with each answer of a scheduler how many workers it has: the engine tells whoever asks nothing of them.
pub(crate) fn says(workers: &Gauge) -> MapResponseLayer<impl Fn(Response<Body>) -> Response<Body> + Clone + use<>> {
    let workers = workers.clone();
    MapResponseLayer::new(move |mut answer: Response<Body>| {
        answer.headers_mut().insert(WORKERS, HeaderValue::from(workers.get()));
        answer
    })
}

/// Refuses to listen where everybody could come in.
pub(crate) fn refuse_open(listen: IpAddr, pass: &Pass) -> Result<(), ClusterError> {
    if listen.is_loopback() || pass.has_secret() {
        return Ok(());
    }
    Err(ClusterError::Open { listen: listen.to_string() })
}
