//! The recordings.

use std::path::{Path, PathBuf};

use arouter::testing::Reply;
use serde_json::Value;

use crate::support::print_line;

pub(super) struct Corpus(PathBuf);

pub(super) struct Exchange {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) url_path: String,
    pub(super) mode: String,
    pub(super) status: u64,
    content_type: Option<String>,
    pub(super) has_stream_error: bool,
    pub(super) request: Option<Value>,
    pub(super) body: Vec<u8>,
}

impl Corpus {
    pub(super) fn find() -> Option<Self> {
        let folder = std::env::var_os("AROUTER_CORPUS").map(PathBuf::from);
        if folder.is_none() {
            print_line("corpus: skipped, AROUTER_CORPUS is not set");
        }
        folder.map(Self)
    }

    pub(super) fn exchanges(&self, protocol: &str, kind: &str) -> Vec<Exchange> {
        let folder = self.0.join(protocol).join(kind);
        let modes = ["json", "sse"].map(|mode| folder.join(mode));
        let mut metas: Vec<PathBuf> =
            modes.iter().filter_map(|mode| std::fs::read_dir(mode).ok()).flatten().map(|entry| entry.unwrap().path()).collect();
        metas.retain(|path| path.to_string_lossy().ends_with(".meta.json"));
        metas.sort();
        assert!(!metas.is_empty(), "nothing in {}", folder.display());
        metas.iter().map(|meta| Exchange::read(meta)).collect()
    }
}

impl Exchange {
    fn read(meta: &Path) -> Self {
        let part = |suffix: &str| PathBuf::from(meta.to_string_lossy().replace(".meta.json", suffix));
        let body = ["json", "sse", "txt"].iter().find_map(|kind| std::fs::read(part(&format!(".response.{kind}"))).ok());
        let request = std::fs::read(part(".request.json")).ok().map(|request| serde_json::from_slice(&request).unwrap());
        let meta: Value = serde_json::from_slice(&std::fs::read(meta).unwrap()).unwrap();
        Self {
            name: meta["name"].as_str().unwrap().to_owned(),
            method: meta["method"].as_str().unwrap_or("POST").to_owned(),
            url_path: meta["url_path"].as_str().unwrap_or_default().to_owned(),
            mode: meta["mode"].as_str().unwrap().to_owned(),
            status: meta["status"].as_u64().unwrap(),
            content_type: meta["content_type"].as_str().map(str::to_owned),
            has_stream_error: meta["stream_error"] == true,
            request,
            body: body.unwrap(),
        }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn reply(&self) -> Reply {
        let reply = Reply::status(u16::try_from(self.status).unwrap()).without_header("content-type").body(self.body.clone());
        match &self.content_type {
            Some(content_type) => reply.header("content-type", content_type),
            None => reply,
        }
    }
}

/// The data of a recorded stream's events, but for the end mark.
pub(super) fn recorded_events(body: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n");
    let data = |event: &str| -> String { event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect() };
    text.split("\n\n")
        .map(data)
        .filter(|data| !data.is_empty() && data.trim() != "[DONE]")
        .map(|data| serde_json::from_str(&data).unwrap())
        .collect()
}
