//! Pages of what this protocol lists.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::setters::setters;
use crate::transport::request::Request;

/// Which page of a list to give.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PageQuery {
    /// Items at most, 1 to 1,000; 20 by default.
    pub limit: Option<u64>,
    /// Only items after the one with this id.
    pub after_id: Option<String>,
    /// Only items before the one with this id.
    pub before_id: Option<String>,
}

impl PageQuery {
    /// The first page.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(super) fn add_to(&self, request: Request) -> Request {
        let limit = self.limit.map(|limit| ("limit", limit.to_string()));
        let after_id = self.after_id.clone().map(|id| ("after_id", id));
        let before_id = self.before_id.clone().map(|id| ("before_id", id));
        limit.into_iter().chain(after_id).chain(before_id).fold(request, |request, (name, value)| request.query(name, value))
    }
}

setters! {
    PageQuery:
    limit: u64,
    => into
    after_id: String,
    before_id: String,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// Whether there is another page.
    #[serde(default)]
    pub has_more: bool,
    /// Id of the first one on it, for the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    /// Id of the last one on it, for the page after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl<T> Page<T> {
    /// What is on it, and where the next one begins.
    pub(super) fn into_items_and_next(self) -> (Vec<T>, Option<String>) {
        (self.data, self.last_id.filter(|_| self.has_more))
    }
}
