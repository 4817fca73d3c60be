use std::time::{Duration, Instant};

use ballista_core::config::BallistaConfig;
use ballista_core::serde::protobuf::GetJobStatusParams;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::utils::{GrpcClientConfig, create_grpc_client_endpoint};
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

use crate::endpoint::shows;
use crate::guard::WORKERS;
use crate::{ClusterAddress, ClusterError, Pass};

/// Between two tries to reach a scheduler that is starting.
const PAUSE: Duration = Duration::from_millis(200);

/// A scheduler that lets us in.
pub(crate) struct Reached {
    pub(crate) client: SchedulerGrpcClient<Channel>,
    /// How many workers it has.
    pub(crate) workers: Option<u64>,
}

/// Connects to a scheduler, for `patience` if it does not answer at first, and asks whether it lets us in.
pub(crate) async fn reach(address: &ClusterAddress, pass: &Pass, patience: Duration) -> Result<Reached, ClusterError> {
    let unreachable = || ClusterError::Unreachable { address: address.to_string() };
    let config = GrpcClientConfig::from(&BallistaConfig::default());
    let endpoint = create_grpc_client_endpoint(address.url(), Some(&config)).map_err(|_| unreachable())?;
    let endpoint = shows(pass)(endpoint).map_err(ClusterError::engine)?;
    let started = Instant::now();
    let channel = loop {
        match endpoint.connect().await {
            Ok(channel) => break channel,
            Err(_) if started.elapsed() < patience => tokio::time::sleep(PAUSE).await,
            Err(_) => return Err(unreachable()),
        }
    };
    let mut client = SchedulerGrpcClient::new(channel);
    // There is no such job; what counts is whether the question is heard.
    match client.get_job_status(GetJobStatusParams { job_id: "none".to_owned() }).await {
        Err(status) if matches!(status.code(), Code::Unauthenticated | Code::FailedPrecondition) => {
            Err(ClusterError::Refused { address: address.to_string(), message: status.message().to_owned() })
        }
        Err(status) if status.code() == Code::Unavailable => Err(unreachable()),
        answer => {
            let said = answer.as_ref().map_or_else(Status::metadata, Response::metadata).get(WORKERS);
            let workers = said.and_then(|workers| workers.to_str().ok()?.parse().ok());
            Ok(Reached { client, workers })
        }
    }
}
