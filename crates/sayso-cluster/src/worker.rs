use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::BALLISTA_PROTOCOL_VERSION;
use ballista_core::ids::new_instance_id;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::BallistaCodec;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{ExecutorRegistration, ExecutorStoppedParams};
use ballista_core::serde::scheduler::{ExecutorOperatingSystemSpecification, ExecutorSpecification};
use ballista_core::utils::create_grpc_server;
use ballista_executor::execution_loop::poll_loop;
use ballista_executor::executor::Executor;
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::health::ExecutorHealth;
use ballista_executor::metrics::LoggingMetricsCollector;

use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use sayso_metrics::{expose, registry};
use tokio::net::TcpListener;
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;

use crate::endpoint::session_config;
use crate::guard::{guard, refuse_open};
use crate::measured::TASKS;
use crate::own_folder::OwnFolder;
use crate::reach::reach;
use crate::registered::registered;
use crate::scheduler::{MESSAGE_BYTES, interrupted, runtime};
use crate::stores::runtime_env;
use crate::{ClusterAddress, ClusterError, Function, Pass};

/// How a worker is started.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// The scheduler that it works for.
    pub scheduler: ClusterAddress,
    /// Where it hands out what it shuffles; with port 0, the system chooses one.
    pub listen: SocketAddr,
    /// The name or address by which others reach it, where that is not what it listens on.
    pub host: Option<String>,
    /// How many things it does at once.
    pub slots: NonZeroUsize,
    /// What it shows, and what others have to show.
    pub pass: Pass,
    /// The functions that questions call.
    pub functions: Vec<Function>,
    /// How long a scheduler that does not answer yet is waited for.
    pub patience: Duration,
    /// Where numbers for Prometheus are handed out, if anywhere.
    pub metrics: Option<SocketAddr>,
}

/// Does what a scheduler hands out.
pub struct Worker {
    runtime: tokio::runtime::Runtime,
    scheduler: SchedulerGrpcClient<Channel>,
    listener: TcpListener,
    listens: SocketAddr,
    /// Where it keeps what it shuffles; removed with it.
    folder: OwnFolder,
    options: WorkerOptions,
}

impl Worker {
    /// Reaches the scheduler, shows the pass, and listens.
    pub fn open(options: WorkerOptions) -> Result<Self, ClusterError> {
        refuse_open(options.listen.ip(), &options.pass)?;
        let runtime = runtime()?;
        let scheduler = runtime.block_on(reach(&options.scheduler, &options.pass, options.patience))?.client;
        let failed = |source| ClusterError::Listen { listen: options.listen, source };
        let listener = runtime.block_on(TcpListener::bind(options.listen)).map_err(failed)?;
        let listens = listener.local_addr().map_err(failed)?;
        if let Some(listen) = options.metrics {
            refuse_open(listen.ip(), &options.pass)?;
            let mut registry = registry("worker", env!("CARGO_PKG_VERSION"));
            TASKS.register(&mut registry);
            expose(registry, listen).map_err(|source| ClusterError::Listen { listen, source })?;
        }
        let folder = OwnFolder::make()?;
        Ok(Self { runtime, scheduler, listener, listens, folder, options })
    }

    /// Where it listens.
    #[must_use]
    pub fn listens(&self) -> SocketAddr {
        self.listens
    }

    /// Works until somebody interrupts or ends the program.
    pub fn run(self) -> Result<(), ClusterError> {
        let Self { runtime, mut scheduler, listener, listens, folder, options } = self;
        let id = new_instance_id();
        let shuffled = folder.path().to_string_lossy().into_owned();
        let ended = runtime.block_on(async {
            let executor = Arc::new(executor(&id, listens, &shuffled, &options)?);
            let flight = FlightServiceServer::new(BallistaFlightService::new(shuffled))
                .max_decoding_message_size(MESSAGE_BYTES)
                .max_encoding_message_size(MESSAGE_BYTES);
            let hands_out = create_grpc_server(&Default::default())
                .layer(guard(&options.pass))
                .add_service(flight)
                .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
            let client = scheduler
                .clone()
                .max_decoding_message_size(MESSAGE_BYTES)
                .max_encoding_message_size(MESSAGE_BYTES);
            let codec = BallistaCodec::<LogicalPlanNode, PhysicalPlanNode>::default();
            let works = tokio::spawn(poll_loop(client, executor, codec, None, None, ExecutorHealth::new()));
            let ended = tokio::select! {
                ended = works => ended.map_err(ClusterError::engine).and_then(|ended| ended.map_err(ClusterError::engine)),
                ended = hands_out => ended.map_err(ClusterError::engine),
                () = interrupted() => Ok(()),
            };
            // Who says good-bye need not be waited for.
            let stopped = ExecutorStoppedParams { executor_id: id, reason: "it was stopped".to_owned() };
            let _ = tokio::time::timeout(Duration::from_secs(2), scheduler.executor_stopped(stopped)).await;
            ended
        });
        runtime.shutdown_background();
        ended
    }
}

fn executor(id: &str, listens: SocketAddr, folder: &str, options: &WorkerOptions) -> Result<Executor, ClusterError> {
    let slots = u32::try_from(options.slots.get()).unwrap_or(u32::MAX);
    let metadata = ExecutorRegistration {
        id: id.to_owned(),
        host: Some(options.host.clone().unwrap_or_else(|| host_of(listens.ip()))),
        port: u32::from(listens.port()),
        // Nobody pushes work: a worker asks for it, so that it needs no second door.
        grpc_port: u32::from(listens.port()),
        specification: Some(ExecutorSpecification::default().with_vcores(slots).into()),
        os_info: Some(ExecutorOperatingSystemSpecification::default().into()),
        ballista_protocol_version: BALLISTA_PROTOCOL_VERSION,
    };
    let mut functions = BallistaFunctionRegistry::default();
    for function in registered(&options.functions) {
        functions.scalar_functions.insert(function.name().to_owned(), function);
    }
    let environment = runtime_env(Some(folder)).map_err(ClusterError::engine)?;
    let pass = options.pass.clone();
    Ok(Executor::with_default_execution_engine(
        metadata,
        folder,
        Arc::new(move |_| Ok(Arc::clone(&environment))),
        Arc::new(move || session_config(&pass)),
        Arc::new(functions),
        Arc::new(LoggingMetricsCollector::default()),
        options.slots.get(),
    ))
}

fn host_of(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}
