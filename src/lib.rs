//! Typed async client of the [ARouter](https://docs.arouter.ai) LLM gateway: one key for every model.
//!
//! ```no_run
//! # async fn run() -> arouter::Result<()> {
//! use arouter::{Client, chat::{ChatRequest, Message}};
//! use futures::StreamExt;
//!
//! let client = Client::from_env()?;
//! let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")]);
//!
//! let reply = client.chat().create(&request).await?;
//! println!("{} ({:?})", reply.text(), reply.meta().request_id());
//!
//! let mut text = client.chat().stream(&request).await?.into_text();
//! while let Some(piece) = text.next().await {
//!     print!("{}", piece?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it holds to:
//!
//! - **Nothing that the gateway says is lost.** Unknown fields are in [`Extra`], unknown words in each enum's `Other`, and what can't
//!   be decoded in [`Error::raw_body`].
//! - **A stream tells the truth.** An answer ends complete or with one error, and [`into_outcome`](chat::ChatStream::into_outcome) keeps
//!   what had come. What fails before the first item is an error of the call.
//! - **Retries are safe for money and for keys.** [`RetryPolicy`] has the table; [`Error::outcome_unknown`] tells when the gateway may
//!   have acted.
//! - **Keys don't leak**: not in `Debug`, errors, logs or redirects, nor when a server echoes them.
//! - **Everything is bounded**, in memory and in time, with a default and a setter on [`ClientBuilder`]; a stream in the time between its
//!   events, so that a long answer isn't cut.
//!
//! # Layout
//!
//! - [`Client`]: one for each key, cheap to clone, and the door to every area.
//! - [`chat`]: OpenAI-compatible chat completions.
//! - [`messages`]: Anthropic's messages, in their own shape.
//! - [`gemini`]: Google's Gemini protocol, in its own shape.
//! - [`embeddings`]: vectors of texts.
//! - [`models`]: the catalogue, with prices.
//! - [`keys`]: keys of the account, and their rotation.
//! - [`RawRequest`]: any other path, with all the policies.
//! - [`Response`] and [`Meta`]: an answer with its request id, rate limits, attempts and timing.
//! - [`Error`]: one type for every call, sorted by how far the call had come; [`ApiError`] for what the gateway reports.
//! - `testing`: an embedded gateway for the tests of programs (feature `testing`).
//!
//! # Features
//!
//! - `rustls` (default): TLS in Rust, with aws-lc-rs and the platform's certificates.
//! - `rustls-no-provider`: TLS in Rust with the crypto provider that the program installs.
//! - `native-tls`: TLS of the platform; takes effect where no rustls feature is on.
//! - `http2`: allows `ClientBuilder::http2`.
//! - `testing`: the embedded gateway.
//!
//! # Logs
//!
//! Calls are `tracing` spans: `arouter.call` with method, path template, status, attempts and request id, and within it one
//! `arouter.attempt` for each attempt. Bodies, queries and keys are never logged.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::print_stderr, clippy::print_stdout)]
#![cfg_attr(not(test), warn(clippy::expect_used, clippy::panic, clippy::unreachable))]

pub mod chat;
pub mod embeddings;
pub mod error;
pub mod gemini;
pub mod keys;
pub mod messages;
pub mod models;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

#[cfg(any(fuzzing, arouter_bench))]
#[doc(hidden)]
pub mod internals;

mod client;
mod credentials;
mod extra;
mod in_place;
mod json;
mod json_values;
mod lenient;
mod open_enum;
mod pages;
mod raw;
mod response;
mod setters;
mod streams;
mod tagged;
mod timestamp;
mod transport;

pub use client::{Client, ClientBuilder};
pub use credentials::{ApiKey, Secret};
pub use error::{ApiError, Error, Result};
pub use extra::Extra;
pub use http::{HeaderMap, Method, StatusCode};
pub use pages::Pages;
pub use raw::{RawEvent, RawEvents, RawRequest};
pub use response::{Meta, RateLimit, RateLimits, Response};
pub use timestamp::Timestamp;
pub use transport::retry::{RetryClass, RetryPolicy};

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
