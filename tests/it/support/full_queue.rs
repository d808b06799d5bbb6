//! A port that no connection comes through to.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// A port that listens, and whose queue of connections is full, so that the next one is never made.
pub(crate) struct FullQueue {
    pub(crate) address: SocketAddr,
    _queue: Vec<TcpStream>,
    _listener: TcpListener,
}

impl FullQueue {
    pub(crate) async fn new() -> Self {
        let listener = bound().listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(250), TcpStream::connect(address)).await {
            queue.push(stream);
        }
        Self { address, _queue: queue, _listener: listener }
    }
}

/// A port that doesn't listen, and that nobody else gets.
pub(crate) fn bound() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket
}
