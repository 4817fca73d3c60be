use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use sayso::online::Contact;
use sayso_server::{AllowedOrigin, PublicUrl};

use super::{LineageArguments, ModelChoices, ServedStudio};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The datasets.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The address to listen at. Other machines can reach it only if it is not a loopback address.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Hand out numbers for Prometheus at http://ADDRESS:PORT/metrics, which is not for the public.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics: Option<SocketAddr>,
    /// A site whose pages' scripts may read the API in a reader's browser, such as https://example.org, or * for every page of
    /// the web. May be given several times. Without, no other site's page can.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) cors: Vec<AllowedOrigin>,
    /// A name by which the server is asked beside localhost, where it listens on a loopback address: that of a proxy in
    /// front of it. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// A net that made vectors of these datasets, so that they are asked in words and by picture: weights in a file or a
    /// known model, if need be behind the name of the vectors and an `=`. May be given several times.
    #[arg(long, value_name = "[NAME=]FILE|MODEL")]
    pub(crate) model: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// Seconds that a question in SQL may take; 0 to answer none.
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub(crate) sql_timeout: u64,
    #[command(flatten)]
    pub(crate) keeping: ServedRegistry,
    #[command(flatten)]
    pub(crate) studio: ServedStudio,
}

/// A registry that a server opens to everybody.
#[derive(Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct ServedRegistry {
    /// A registry to open to everybody: claims are made, followed and looked up, pictures are reported and hidden. It is made
    /// where nothing is.
    #[arg(long, value_name = "PATH")]
    pub(crate) registry: Option<PathBuf>,
    /// The address under which the server is reached, such as https://example.org, where a proxy stands in front of it. Over
    /// https, cookies are kept to encrypted connections.
    #[arg(long, value_name = "ADDRESS", requires = "registry")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Take the client's address from the last entry of X-Forwarded-For, which the proxy in front sets.
    #[arg(long, requires = "registry")]
    pub(crate) behind_proxy: bool,
    /// The key of a witness whose cosignatures are taken at /log/cosignature, as name+id+key. May be given several times.
    #[arg(long, value_name = "KEY", requires = "registry")]
    pub(crate) witness: Vec<String>,
    /// The resolver that is asked for text records when a claim is verified by one: best one on this machine that checks signatures
    /// (DNSSEC). Without, no claim is verified so.
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = super::claim::resolver, requires = "registry")]
    pub(crate) resolver: Option<SocketAddr>,
    /// When a claim is verified, ask addresses of private networks and of this machine, too: those of one host, given with `=`
    /// and as often as there are such hosts, or all, for trying on one's own machine.
    #[arg(long, value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "*", requires = "registry")]
    pub(crate) allow_private: Vec<String>,
    /// Where you can be reached by those who are asked: an http(s) address or one of mail.
    #[arg(long, value_name = "URL|MAIL", requires = "registry")]
    pub(crate) contact: Option<Contact>,
}
