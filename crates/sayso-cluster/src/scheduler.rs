use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_core::serde::{BallistaCodec, BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use ballista_core::utils::{create_grpc_server, default_session_builder};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use sayso_metrics::{Gauge, expose, registry};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

use crate::endpoint::{session_config, shows};
use crate::guard::{guard, refuse_open, says};
use crate::measured::Jobs;
use crate::registered::registered;
use crate::stores::runtime_env;
use crate::{ClusterAddress, ClusterError, Function, Pass};

/// How a scheduler is started.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// Where it listens; with port 0, the system chooses one.
    pub listen: SocketAddr,
    /// What others have to show.
    pub pass: Pass,
    /// The functions that questions call.
    pub functions: Vec<Function>,
    /// How long a worker may say nothing until its work is given to others. Workers speak every five seconds.
    pub patience: Duration,
    /// Where numbers for Prometheus are handed out, if anywhere.
    pub metrics: Option<SocketAddr>,
}

/// Hands out work.
pub struct Scheduler {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    listens: SocketAddr,
    jobs: Jobs,
    workers: Gauge,
    options: SchedulerOptions,
}

/// Bytes of a message; plans name every file of a table.
pub(crate) const MESSAGE_BYTES: usize = 64 << 20;

/// Between two counts of workers.
const COUNT_WORKERS: Duration = Duration::from_secs(2);

impl Scheduler {
    /// Listens.
    pub fn open(options: SchedulerOptions) -> Result<Self, ClusterError> {
        refuse_open(options.listen.ip(), &options.pass)?;
        let runtime = runtime()?;
        let failed = |source| ClusterError::Listen { listen: options.listen, source };
        let listener = runtime.block_on(TcpListener::bind(options.listen)).map_err(failed)?;
        let listens = listener.local_addr().map_err(failed)?;
        let (jobs, workers) = (Jobs::default(), Gauge::default());
        if let Some(listen) = options.metrics {
            refuse_open(listen.ip(), &options.pass)?;
            let mut registry = registry("scheduler", env!("CARGO_PKG_VERSION"));
            jobs.register(&mut registry);
            registry.register("workers", "workers that are alive", workers.clone());
            expose(registry, listen).map_err(|source| ClusterError::Listen { listen, source })?;
        }
        Ok(Self { runtime, listener, listens, jobs, workers, options })
    }

    /// The address that others reach it by, if they are on the same machine.
    #[must_use]
    pub fn address(&self) -> ClusterAddress {
        let host = match self.listens {
            SocketAddr::V4(listens) => listens.ip().to_string(),
            SocketAddr::V6(listens) => format!("[{}]", listens.ip()),
        };
        ClusterAddress::new(host, self.listens.port())
    }

    /// Works until somebody interrupts or ends the program.
    pub fn run(self) -> Result<(), ClusterError> {
        let Self { runtime, listener, listens, jobs, workers, options } = self;
        let ended = runtime.block_on(async {
            let config = Arc::new(config(listens, &options));
            // As the engine's own start does it, but for who is told of jobs.
            let codec = BallistaCodec::new(
                Arc::new(BallistaLogicalExtensionCodec::default()),
                Arc::new(BallistaPhysicalExtensionCodec::default()),
            );
            let mut server = SchedulerServer::<LogicalPlanNode, PhysicalPlanNode>::new(
                config.scheduler_endpoint(),
                BallistaCluster::new_memory(listens.to_string(), session_builder(&options), config_producer(&options)),
                codec,
                config,
                Arc::new(jobs),
            );
            server.init().await.map_err(ClusterError::engine)?;
            let (state, says) = (Arc::clone(&server.state), says(&workers));
            tokio::spawn(async move {
                loop {
                    let known = state.executor_manager.get_executors_state().await.map_or(0, |known| known.len());
                    workers.set(i64::try_from(known).unwrap_or(i64::MAX));
                    tokio::time::sleep(COUNT_WORKERS).await;
                }
            });
            let service = SchedulerGrpcServer::new(server)
                .max_decoding_message_size(MESSAGE_BYTES)
                .max_encoding_message_size(MESSAGE_BYTES);
            let server = create_grpc_server(&Default::default())
                .layer(guard(&options.pass))
                .layer(says)
                .add_service(service)
                // Workers ask for each task: an answer must not wait for another to fill a packet.
                .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
            tokio::select! {
                ended = server => ended.map_err(ClusterError::engine),
                () = interrupted() => Ok(()),
            }
        });
        // Whoever is still connected is not waited for.
        runtime.shutdown_background();
        ended
    }
}

type SessionBuilder = ballista_scheduler::scheduler_server::SessionBuilder;

/// Makes sessions that know our functions.
fn session_builder(options: &SchedulerOptions) -> SessionBuilder {
    let functions = registered(&options.functions);
    Arc::new(move |config: SessionConfig| {
        let state = SessionStateBuilder::new_from_existing(default_session_builder(config)?);
        let mut state = state.with_runtime_env(runtime_env(None)?).build();
        for function in &functions {
            state.register_udf(Arc::clone(function))?;
        }
        Ok(state)
    })
}

fn config_producer(options: &SchedulerOptions) -> ballista_core::ConfigProducer {
    let pass = options.pass.clone();
    Arc::new(move || session_config(&pass))
}

fn config(listens: SocketAddr, options: &SchedulerOptions) -> SchedulerConfig {
    let patience = options.patience.as_secs().max(1);
    SchedulerConfig {
        external_host: listens.ip().to_string(),
        bind_host: listens.ip().to_string(),
        bind_port: listens.port(),
        // Workers ask for work: they need no door of their own for it.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: patience,
        expire_dead_executor_interval_seconds: 1,
        // A worker that is started anew in place of one that died has as long as another one has to answer.
        no_executors_grace_period_seconds: patience.saturating_mul(2),
        finished_job_data_clean_up_interval_seconds: 300,
        finished_job_state_clean_up_interval_seconds: 3600,
        grpc_server_max_decoding_message_size: u32::try_from(MESSAGE_BYTES).unwrap_or(u32::MAX),
        grpc_server_max_encoding_message_size: u32::try_from(MESSAGE_BYTES).unwrap_or(u32::MAX),
        override_session_builder: Some(session_builder(options)),
        override_config_producer: Some(config_producer(options)),
        override_create_grpc_client_endpoint: Some(shows(&options.pass)),
        ..SchedulerConfig::default()
    }
}

/// What a role runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, ClusterError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ClusterError::engine)
}

/// Waits until somebody interrupts or ends the program.
pub(crate) async fn interrupted() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
