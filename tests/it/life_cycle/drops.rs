//! A call or stream that is dropped lets go of its connection at once, wherever it has come to, and leaves no task.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arouter::{Client, RetryPolicy};
use futures::StreamExt as _;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tracing_subscriber::filter::LevelFilter;

use crate::support::full_queue::FullQueue;
use crate::support::log::Log;
use crate::support::{alone, chunk, hello, is_alone, passed, print_line};

/// What is promised.
const CLOSED_WITHIN: Duration = Duration::from_millis(250);
/// More than all buffers on the way hold: if the server could write so much, most of it has been read.
const MORE_THAN_BUFFERS: usize = 32 << 20;
const PATIENCE: Duration = Duration::from_secs(20);

/// In a process of its own, since one of them is known by what is logged, and others' logs decide what is.
#[test]
fn a_dropped_call_or_stream_closes_its_connection_wherever_it_is() {
    let said = passed(&alone("life_cycle::drops::each_phase", &[]));
    let line = said.lines().find_map(|line| line.find("drops: ").map(|at| &line[at..]));
    print_line(line.expect("it tells how long they took"));
}

/// Tried again if it was late, since the machine may be busy: what is late by design is late each time.
#[tokio::test]
async fn each_phase() {
    if !is_alone() {
        return;
    }
    let phases: [(&str, Phase); 6] = [
        ("connecting", || while_connecting().boxed()),
        ("waiting for the head", || while_waiting_for_the_head().boxed()),
        ("inside a whole body", || inside_a_whole_body().boxed()),
        ("between two attempts", || between_two_attempts().boxed()),
        ("between two events", || between_two_events().boxed()),
        ("inside an event", || inside_an_event().boxed()),
    ];
    let mut slowest = Duration::ZERO;
    for (name, phase) in phases {
        print_line(name);
        let mut took = phase().await;
        for _ in 0..2 {
            took = if took < CLOSED_WITHIN { took } else { phase().await };
        }
        assert!(took < CLOSED_WITHIN, "{name}: {took:?}");
        slowest = slowest.max(took);
    }
    print_line(&format!("drops: {} phases, closed within {} ms", phases.len(), slowest.as_millis()));
}

type Phase = fn() -> BoxFuture<'static, Duration>;

async fn while_connecting() -> Duration {
    let read_a_little = |stream: &mut TcpStream| _ = stream.read(&mut [0; 16]).unwrap();
    let shaking_hands = if cfg!(feature = "rustls") { dropped("https", read_a_little, whole_call).await } else { Duration::ZERO };
    let waiting_for_a_place = if cfg!(target_os = "linux") { in_a_full_queue().await } else { Duration::ZERO };
    shaking_hands.max(waiting_for_a_place)
}

/// Nobody sees such a connection but the system, so it is asked.
async fn in_a_full_queue() -> Duration {
    let queue = FullQueue::new().await;
    let tasks = Handle::current().metrics().num_alive_tasks();
    let call = client(format!("http://{}", queue.address)).chat().create(&hello());
    let mut call = Box::pin(call);
    let begun = async {
        while !is_being_connected(queue.address) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        biased;
        ended = &mut call => panic!("{ended:?}"),
        begun = tokio::time::timeout(PATIENCE, begun) => begun.unwrap(),
    }
    let before = Instant::now();
    drop(call);
    while is_being_connected(queue.address) {
        assert!(before.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
    let took = before.elapsed();
    no_tasks_but(tasks).await;
    took
}

fn is_being_connected(to: SocketAddr) -> bool {
    const SYN_SENT: &str = "02";
    let SocketAddr::V4(to) = to else { unreachable!("the queue is at an IPv4 address") };
    let to = format!("{:08X}:{:04X}", u32::from_le_bytes(to.ip().octets()), to.port());
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    sockets.lines().any(|line| line.split_ascii_whitespace().skip(2).take(2).eq([to.as_str(), SYN_SENT]))
}

async fn while_waiting_for_the_head() -> Duration {
    dropped("http", read_request, whole_call).await
}

async fn inside_a_whole_body() -> Duration {
    let serve = |stream: &mut TcpStream| {
        read_request(stream);
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 2 * MORE_THAN_BUFFERS).unwrap();
        stream.write_all(&vec![b' '; MORE_THAN_BUFFERS]).unwrap();
    };
    dropped("http", serve, whole_call).await
}

/// The call holds the client, and so a connection that waits to be used again.
async fn between_two_attempts() -> Duration {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).with_ansi(false).with_writer(log.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let serve = |stream: &mut TcpStream| {
        read_request(stream);
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").unwrap();
    };
    let call = |client: Client, reached: Arc<Notify>| {
        let patient = RetryPolicy::default().base_delay(PATIENCE * 3).max_delay(PATIENCE * 3);
        let mut call = client.with_retry(patient).chat().create(&hello()).boxed();
        std::future::poll_fn(move |context| {
            let polled = call.poll_unpin(context).map(drop);
            if log.text().contains("retrying") {
                reached.notify_one();
            }
            polled
        })
        .boxed()
    };
    dropped("http", serve, call).await
}

async fn between_two_events() -> Duration {
    let serve = |stream: &mut TcpStream| {
        read_request(stream);
        stream.write_all(&event_stream()).unwrap();
    };
    dropped("http", serve, stream_of_two).await
}

async fn inside_an_event() -> Duration {
    let serve = |stream: &mut TcpStream| {
        read_request(stream);
        stream.write_all(&event_stream()).unwrap();
        stream.write_all(b"data: ").unwrap();
        stream.write_all(&vec![b'x'; MORE_THAN_BUFFERS]).unwrap();
    };
    dropped("http", serve, stream_of_two).await
}

type Call = BoxFuture<'static, ()>;

#[allow(clippy::needless_pass_by_value, reason = "the call must be the last to hold the client")]
fn whole_call(client: Client, reached: Arc<Notify>) -> Call {
    reached.notify_one();
    client.chat().create(&hello()).map(drop).boxed()
}

/// Is where it should be once it waits for the second.
fn stream_of_two(client: Client, reached: Arc<Notify>) -> Call {
    async move {
        let mut stream = client.chat().stream(&hello()).await.unwrap();
        drop(client);
        assert_eq!(stream.next().await.unwrap().unwrap().text(), "first");
        reached.notify_one();
        drop(stream.next().await);
    }
    .boxed()
}

fn event_stream() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: {}\n\n", chunk("first")).into_bytes()
}

/// Drops a call once both the server and the call have come to where it should be; gives the time from then until the server, which
/// lives outside of this runtime, reads that the connection is closed.
async fn dropped(scheme: &str, serve: fn(&mut TcpStream), call: impl FnOnce(Client, Arc<Notify>) -> Call) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("{scheme}://{}", listener.local_addr().unwrap());
    let (served, is_served) = oneshot::channel();
    let (closed, is_closed) = oneshot::channel();
    std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        serve(&mut stream);
        served.send(()).unwrap();
        let mut scrap = [0; 1024];
        while stream.read(&mut scrap).is_ok_and(|read| read > 0) {}
        closed.send(Instant::now()).unwrap();
    });

    let tasks = Handle::current().metrics().num_alive_tasks();
    let reached = Arc::new(Notify::new());
    let mut call = call(client(base_url), reached.clone());
    let is_there = async {
        is_served.await.unwrap();
        reached.notified().await;
    };
    tokio::select! {
        biased;
        () = &mut call => panic!("the call is over before it was dropped"),
        there = tokio::time::timeout(PATIENCE, is_there) => there.unwrap(),
    }
    let before = Instant::now();
    drop(call);
    let took = is_closed.await.unwrap().saturating_duration_since(before);
    no_tasks_but(tasks).await;
    took
}

async fn no_tasks_but(base: usize) {
    let ended = async {
        while Handle::current().metrics().num_alive_tasks() > base {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("a task survives");
}

fn client(base_url: String) -> Client {
    Client::builder().api_key("lr_live_1").base_url(base_url).no_proxy().connect_timeout(PATIENCE * 3).build().unwrap()
}

/// Reads a request, whose body ends with its only brace at the outermost level.
fn read_request(stream: &mut TcpStream) {
    let mut read = Vec::new();
    while !(read.ends_with(b"}") && memchr::memmem::find(&read, b"\r\n\r\n{").is_some()) {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "the client went away inside its request");
        read.extend_from_slice(&piece[..count]);
    }
}
