//! Who a client talks to in a cell: a raw server, one behind TLS, a proxy, or nobody.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arouter::ClientBuilder;
use rcgen::SanType;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::fault::Fault;
use super::operations::Operation;
use crate::support::full_queue::{FullQueue, bound};
use crate::support::raw_server::RawServer;
use crate::support::tls::{issuer, self_signed, server};
use crate::support::within_patience;

/// A certificate authority that the clients trust, and certificates with something wrong about them.
pub(super) struct Authority {
    root: CertificateDer<'static>,
    wrong_host: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    unknown: Arc<ServerConfig>,
    not_yet_valid: Arc<ServerConfig>,
    self_signed: Arc<ServerConfig>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let (known, stranger) = (issuer("an authority"), issuer("a stranger"));
        let here = SanType::IpAddress(Ipv4Addr::LOCALHOST.into());
        let elsewhere = SanType::DnsName("elsewhere.example".try_into().unwrap());
        Self {
            root: known.der().clone(),
            wrong_host: server(&known, elsewhere, 2000..=2999),
            expired: server(&known, here.clone(), 2000..=2001),
            unknown: server(&stranger, here.clone(), 2000..=2999),
            not_yet_valid: server(&known, here.clone(), 2998..=2999),
            self_signed: self_signed(here, 2000..=2999),
        }
    }

    /// Peers whose certificates prove nothing, and what is wrong about each.
    pub(super) async fn impostors(&self) -> [(&'static str, Peer); 5] {
        [
            ("NotValidForName", Peer::tls(&self.wrong_host, self).await),
            ("Expired", Peer::tls(&self.expired, self).await),
            ("NotValidYet", Peer::tls(&self.not_yet_valid, self).await),
            ("UnknownIssuer", Peer::tls(&self.unknown, self).await),
            ("UnknownIssuer", Peer::tls(&self.self_signed, self).await),
        ]
    }
}

/// How many connections a peer has taken, and how many of them are open.
#[derive(Default)]
pub(super) struct Counts {
    taken: AtomicUsize,
    open: AtomicUsize,
}

/// The other end of a cell.
pub(super) enum Peer {
    /// Answers, in its way.
    Raw(RawServer),
    /// Is a proxy that refuses.
    Proxy(RawServer),
    /// Takes connections, and no request.
    Accepting { base_url: String, root: Option<CertificateDer<'static>>, counts: Arc<Counts>, task: JoinHandle<()> },
    /// Takes no more connections.
    Full(FullQueue),
    /// Isn't there; a socket that doesn't listen keeps its port from others.
    Nobody { base_url: String, _port: Option<TcpSocket> },
}

impl Peer {
    pub(super) async fn start(
        fault: Fault,
        operation: Operation,
        elsewhere: String,
        reader: Arc<Semaphore>,
        authority: &Authority,
    ) -> Self {
        let raw = || RawServer::start(move |number| fault.acts(operation, number, &elsewhere, &reader));
        match fault {
            Fault::Refused => {
                let port = bound();
                Self::Nobody { base_url: format!("http://{}", port.local_addr().unwrap()), _port: Some(port) }
            }
            Fault::Dns => Self::Nobody { base_url: "http://no-such-host.invalid".to_owned(), _port: None },
            Fault::TlsWrongHost => Self::tls(&authority.wrong_host, authority).await,
            Fault::TlsExpired => Self::tls(&authority.expired, authority).await,
            Fault::TlsUnknownCa => Self::tls(&authority.unknown, authority).await,
            Fault::PlainPeer => Self::accepting(None, None).await,
            Fault::ConnectTimeout => Self::Full(FullQueue::new().await),
            Fault::ProxyRefuses => Self::Proxy(raw().await),
            _ => Self::Raw(raw().await),
        }
    }

    async fn tls(config: &Arc<ServerConfig>, authority: &Authority) -> Self {
        Self::accepting(Some(TlsAcceptor::from(config.clone())), Some(authority.root.clone())).await
    }

    /// Shakes hands, or says something that is no TLS.
    async fn accepting(acceptor: Option<TlsAcceptor>, root: Option<CertificateDer<'static>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        let counts = Arc::<Counts>::default();
        let counted = counts.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.taken.fetch_add(1, Ordering::SeqCst);
                counted.open.fetch_add(1, Ordering::SeqCst);
                let (acceptor, counted) = (acceptor.clone(), counted.clone());
                tokio::spawn(async move {
                    match acceptor {
                        Some(acceptor) => drop(acceptor.accept(stream).await),
                        None => {
                            _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
                            let mut scrap = [0; 1024];
                            while stream.read(&mut scrap).await.is_ok_and(|read| read > 0) {}
                        }
                    }
                    counted.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self::Accepting { base_url, root, counts, task }
    }

    /// The client that reaches it.
    pub(super) fn reached_by(&self, builder: ClientBuilder) -> ClientBuilder {
        match self {
            Self::Raw(server) => builder.base_url(server.url()),
            Self::Proxy(server) => {
                let proxy = reqwest::Proxy::all(server.url()).unwrap();
                builder.base_url("https://gateway.invalid").http_client(move |http| http.proxy(proxy))
            }
            Self::Accepting { base_url, root, .. } => {
                let root = root.as_ref().map(|root| reqwest::Certificate::from_der(root).unwrap());
                builder.base_url(base_url).http_client(move |http| http.tls_certs_merge(root))
            }
            Self::Full(queue) => builder.base_url(format!("http://{}", queue.address)),
            Self::Nobody { base_url, .. } => builder.base_url(base_url),
        }
    }

    /// How many requests it has read whole.
    pub(super) fn requests(&self) -> usize {
        match self {
            Self::Raw(server) | Self::Proxy(server) => server.requests(),
            Self::Accepting { .. } | Self::Full(_) | Self::Nobody { .. } => 0,
        }
    }

    /// How many connections it has taken, where that is all it does.
    pub(super) fn connections(&self) -> Option<usize> {
        match self {
            Self::Accepting { counts, .. } => Some(counts.taken.load(Ordering::SeqCst)),
            Self::Raw(_) | Self::Proxy(_) | Self::Full(_) | Self::Nobody { .. } => None,
        }
    }

    /// Whether no connection stays open, within a time that only a bug can miss.
    pub(super) async fn is_let_go(&self) -> bool {
        match self {
            Self::Raw(server) | Self::Proxy(server) => server.settles_at(0).await,
            Self::Accepting { counts, .. } => within_patience(|| counts.open.load(Ordering::SeqCst) == 0).await,
            Self::Full(_) | Self::Nobody { .. } => true,
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Self::Accepting { task, .. } = self {
            task.abort();
        }
    }
}
