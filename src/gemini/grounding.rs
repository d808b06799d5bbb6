//! What an answer rests on: searches, pages, places, files, works that it quotes.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;

/// Sources that an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingMetadata {
    /// What was searched for on the web.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "web_search_queries")]
    pub web_search_queries: Vec<String>,
    /// What was searched for among pictures.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "image_search_queries")]
    pub image_search_queries: Vec<String>,
    /// What was searched for in data of one's own; Vertex only.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "retrieval_queries")]
    pub retrieval_queries: Vec<String>,
    /// Suggestions that Google wants shown beside the answer.
    #[serde(alias = "search_entry_point", skip_serializing_if = "Option::is_none")]
    pub search_entry_point: Option<SearchEntryPoint>,
    /// The sources.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "grounding_chunks")]
    pub grounding_chunks: Vec<GroundingChunk>,
    /// Which piece of the answer rests on which sources.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "grounding_supports")]
    pub grounding_supports: Vec<GroundingSupport>,
    /// How much a search would help.
    #[serde(alias = "retrieval_metadata", skip_serializing_if = "Option::is_none")]
    pub retrieval_metadata: Option<RetrievalMetadata>,
    /// Token for a map to show, if that was asked for.
    #[serde(alias = "google_maps_widget_context_token", skip_serializing_if = "Option::is_none")]
    pub google_maps_widget_context_token: Option<String>,
    /// Where to report sources; Vertex only.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "source_flagging_uris")]
    pub source_flagging_uris: Vec<SourceFlaggingUri>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Suggestions of further searches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchEntryPoint {
    /// HTML to show.
    #[serde(alias = "rendered_content", skip_serializing_if = "Option::is_none")]
    pub rendered_content: Option<String>,
    /// The same as JSON in base64, for apps.
    #[serde(alias = "sdk_blob", skip_serializing_if = "Option::is_none")]
    pub sdk_blob: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A source: one of these.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingChunk {
    /// A page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<GroundingWeb>,
    /// A picture on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<GroundingImage>,
    /// A piece of a document of one's own.
    #[serde(alias = "retrieved_context", skip_serializing_if = "Option::is_none")]
    pub retrieved_context: Option<Box<RetrievedContext>>,
    /// A place or a way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maps: Option<Box<GroundingMaps>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page that an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingWeb {
    /// Its address, mostly by way of Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its site; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A picture that an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingImage {
    /// Address of the page that has it.
    #[serde(alias = "source_uri", skip_serializing_if = "Option::is_none")]
    pub source_uri: Option<String>,
    /// Address of the picture.
    #[serde(alias = "image_uri", skip_serializing_if = "Option::is_none")]
    pub image_uri: Option<String>,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Site of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a document of one's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RetrievedContext {
    /// Address of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Resource name of the document; Vertex only.
    #[serde(alias = "document_name", skip_serializing_if = "Option::is_none")]
    pub document_name: Option<String>,
    /// Where in the document it is; Vertex only.
    #[serde(alias = "rag_chunk", skip_serializing_if = "Option::is_none")]
    pub rag_chunk: Option<RagChunk>,
    /// Metadata of the document; not on Vertex.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "custom_metadata")]
    pub custom_metadata: Vec<CustomMetadata>,
    /// Store that holds it; not on Vertex.
    #[serde(alias = "file_search_store", skip_serializing_if = "Option::is_none")]
    pub file_search_store: Option<String>,
    /// Page of the document, from 1; not on Vertex.
    #[serde(alias = "page_number", skip_serializing_if = "Option::is_none")]
    pub page_number: Option<i64>,
    /// Id of a picture; not on Vertex.
    #[serde(alias = "media_id", skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RagChunk {
    /// The piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Pages that it is on.
    #[serde(alias = "page_span", skip_serializing_if = "Option::is_none")]
    pub page_span: Option<PageSpan>,
    /// Its id.
    #[serde(alias = "chunk_id", skip_serializing_if = "Option::is_none")]
    pub chunk_id: Option<String>,
    /// Id of the document.
    #[serde(alias = "file_id", skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Pages of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PageSpan {
    /// The first, from 1.
    #[serde(alias = "first_page", skip_serializing_if = "Option::is_none")]
    pub first_page: Option<i64>,
    /// The last.
    #[serde(alias = "last_page", skip_serializing_if = "Option::is_none")]
    pub last_page: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A field of a document's metadata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomMetadata {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Text.
    #[serde(alias = "string_value", skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// Texts.
    #[serde(alias = "string_list_value", skip_serializing_if = "Option::is_none")]
    pub string_list_value: Option<StringList>,
    /// A number.
    #[serde(alias = "numeric_value", skip_serializing_if = "Option::is_none")]
    pub numeric_value: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Texts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StringList {
    /// The texts.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub values: Vec<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A place or a way that an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingMaps {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Resource name of the place.
    #[serde(alias = "place_id", skip_serializing_if = "Option::is_none")]
    pub place_id: Option<String>,
    /// What people say of the place.
    #[serde(alias = "place_answer_sources", skip_serializing_if = "Option::is_none")]
    pub place_answer_sources: Option<PlaceAnswerSources>,
    /// The way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<MapsRoute>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What people say of a place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlaceAnswerSources {
    /// Pieces of reviews.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "review_snippets")]
    pub review_snippets: Vec<ReviewSnippet>,
    /// The same, in the older form.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "review_snippet")]
    pub review_snippet: Vec<ReviewSnippet>,
    /// Where to report them.
    #[serde(alias = "flag_content_uri", skip_serializing_if = "Option::is_none")]
    pub flag_content_uri: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a review of a place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewSnippet {
    /// Id of the review.
    #[serde(alias = "review_id", skip_serializing_if = "Option::is_none")]
    pub review_id: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// Who wrote it.
    #[serde(alias = "author_attribution", skip_serializing_if = "Option::is_none")]
    pub author_attribution: Option<AuthorAttribution>,
    /// How long ago, in words.
    #[serde(alias = "relative_publish_time_description", skip_serializing_if = "Option::is_none")]
    pub relative_publish_time_description: Option<String>,
    /// Its address.
    #[serde(alias = "google_maps_uri", skip_serializing_if = "Option::is_none")]
    pub google_maps_uri: Option<String>,
    /// Where to report it.
    #[serde(alias = "flag_content_uri", skip_serializing_if = "Option::is_none")]
    pub flag_content_uri: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Who wrote a review.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthorAttribution {
    /// Name.
    #[serde(alias = "display_name", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Address of a picture.
    #[serde(alias = "photo_uri", skip_serializing_if = "Option::is_none")]
    pub photo_uri: Option<String>,
    /// Address of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A way on a map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MapsRoute {
    /// Length in metres.
    #[serde(alias = "distance_meters", skip_serializing_if = "Option::is_none")]
    pub distance_meters: Option<i64>,
    /// Time that it takes, as a duration: `1200s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Its line, in Google's encoding.
    #[serde(alias = "encoded_polyline", skip_serializing_if = "Option::is_none")]
    pub encoded_polyline: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which piece of an answer rests on which sources.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroundingSupport {
    /// The piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// Places of the sources among `grounding_chunks`.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "grounding_chunk_indices")]
    pub grounding_chunk_indices: Vec<i64>,
    /// How sure it is of each, 0 to 1.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "confidence_scores")]
    pub confidence_scores: Vec<f64>,
    /// Parts of the answer that show it.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "rendered_parts")]
    pub rendered_parts: Vec<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Segment {
    /// Place of the part that it is in; 0 is left out.
    #[serde(alias = "part_index", skip_serializing_if = "Option::is_none")]
    pub part_index: Option<i64>,
    /// First byte of the piece in the part's UTF-8; 0 is left out.
    #[serde(alias = "start_index", skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// Byte after the last one.
    #[serde(alias = "end_index", skip_serializing_if = "Option::is_none")]
    pub end_index: Option<i64>,
    /// The piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How much a search would help.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RetrievalMetadata {
    /// Its likelihood to help, 0 to 1.
    #[serde(default, alias = "google_search_dynamic_retrieval_score", with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub google_search_dynamic_retrieval_score: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where to report a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SourceFlaggingUri {
    /// Id of the source.
    #[serde(alias = "source_id", skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Where to report it.
    #[serde(alias = "flag_content_uri", skip_serializing_if = "Option::is_none")]
    pub flag_content_uri: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Works that an answer quotes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CitationMetadata {
    /// The works, on Vertex.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub citations: Vec<Citation>,
    /// The works, elsewhere.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "citation_sources")]
    pub citation_sources: Vec<Citation>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CitationMetadata {
    /// The works, whichever the name of the field that they came in.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = &Citation> {
        self.citations.iter().chain(&self.citation_sources)
    }
}

/// A work that an answer quotes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Citation {
    /// First byte of the quote; 0 is left out.
    #[serde(alias = "start_index", skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// Byte after the last one.
    #[serde(alias = "end_index", skip_serializing_if = "Option::is_none")]
    pub end_index: Option<i64>,
    /// Address of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// When it was published.
    #[serde(alias = "publication_date", skip_serializing_if = "Option::is_none")]
    pub publication_date: Option<Date>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A date; what isn't known is 0 or absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Date {
    /// Year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i64>,
    /// Month, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<i64>,
    /// Day, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Pages that were read for an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UrlContextMetadata {
    /// The pages.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "url_metadata")]
    pub url_metadata: Vec<UrlMetadata>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page that was to be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UrlMetadata {
    /// Its address.
    #[serde(alias = "retrieved_url", skip_serializing_if = "Option::is_none")]
    pub retrieved_url: Option<String>,
    /// What became of it.
    #[serde(alias = "url_retrieval_status", skip_serializing_if = "Option::is_none")]
    pub url_retrieval_status: Option<UrlRetrievalStatus>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// What became of reading a page.
    pub enum UrlRetrievalStatus or number {
        /// Not told.
        Unspecified = "URL_RETRIEVAL_STATUS_UNSPECIFIED",
        /// It was read.
        Success = "URL_RETRIEVAL_STATUS_SUCCESS",
        /// It failed.
        Error = "URL_RETRIEVAL_STATUS_ERROR",
        /// It would have had to be paid for.
        Paywall = "URL_RETRIEVAL_STATUS_PAYWALL",
        /// It would do harm.
        Unsafe = "URL_RETRIEVAL_STATUS_UNSAFE",
    }
}
