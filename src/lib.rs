//! Typed async client for the [ARouter](https://docs.arouter.ai) LLM gateway: one key for every model.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::print_stderr, clippy::print_stdout)]

pub mod chat;
pub mod error;

mod client;
mod credentials;
mod extra;
mod json;
mod lenient;
mod open_enum;
mod raw;
mod response;
mod transport;

#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use client::{Client, ClientBuilder};
pub use credentials::ApiKey;
pub use error::{ApiError, Error, Result};
pub use extra::Extra;
pub use http::{HeaderMap, Method, StatusCode};
pub use raw::{RawEvent, RawEvents, RawRequest};
pub use response::{Meta, RateLimit, RateLimits, Response};
pub use transport::retry::{RetryClass, RetryPolicy};
