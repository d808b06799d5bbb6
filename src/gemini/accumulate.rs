//! What the pieces of a stream add up to.

use super::content::{Content, Part};
use super::grounding::{CitationMetadata, GroundingMetadata};
use super::logprobs::LogprobsResult;
use super::partial_args;
use super::response::{Candidate, FinishReason, GenerateContentResponse};
use super::usage::UsageMetadata;
use crate::error::{Error, Result};

/// Joins pieces to the answer that [`Gemini::generate_content`](super::Gemini::generate_content) would have given.
///
/// Text is joined to text, thoughts to thoughts, and pieces of a function's arguments to the arguments. All other parts stay as they
/// came, and so does text with a signature, which belongs to that part alone.
///
/// For programs that pass pieces on and want the whole as well; those that want only the whole take
/// [`GeminiStream::into_response`](super::GeminiStream::into_response).
///
/// ```
/// # fn join(pieces: Vec<arouter::gemini::GenerateContentResponse>) -> arouter::Result<()> {
/// use arouter::gemini::GeminiAccumulator;
///
/// let mut accumulator = GeminiAccumulator::new();
/// for piece in pieces {
///     print!("{}", piece.text());
///     accumulator.push(piece)?;
/// }
/// let whole = accumulator.into_response();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct GeminiAccumulator {
    response: GenerateContentResponse,
    gaps: partial_args::Gaps,
}

impl GeminiAccumulator {
    /// Nothing yet.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the piece names an answer by an index that can't be: negative, or at least 128. Nothing of such a piece is
    /// added.
    #[inline]
    pub fn push(&mut self, piece: GenerateContentResponse) -> Result<()> {
        if let Some(candidate) = piece.candidates.iter().find(|candidate| !(0..MAX_CANDIDATES).contains(&candidate.index)) {
            return Err(Error::decode(format!("an answer has the index {}", candidate.index)));
        }
        // Fields are named one by one, here and below, so that the compiler asks where a new one goes.
        let GenerateContentResponse {
            candidates,
            prompt_feedback,
            usage_metadata,
            model_version,
            response_id,
            create_time,
            model_status,
            turn_token,
            extra,
        } = piece;
        let response = &mut self.response;
        keep_first(&mut response.model_version, model_version);
        keep_first(&mut response.response_id, response_id);
        keep_first(&mut response.create_time, create_time);
        keep_last(&mut response.prompt_feedback, prompt_feedback);
        keep_last(&mut response.model_status, model_status);
        keep_last(&mut response.turn_token, turn_token);
        if let Some(usage) = usage_metadata {
            add_usage(response.usage_metadata.get_or_insert_default(), *usage);
        }
        response.extra.merge(extra);
        for candidate in candidates {
            add_candidate(candidate_at(&mut response.candidates, candidate.index), candidate, &mut self.gaps);
        }
        Ok(())
    }

    /// What has come so far.
    #[must_use]
    #[inline]
    pub fn response(&self) -> GenerateContentResponse {
        self.clone().into_response()
    }

    /// What has come.
    #[must_use]
    #[inline]
    pub fn into_response(mut self) -> GenerateContentResponse {
        let ended = |candidate: &&mut Candidate| candidate.finish_reason.as_ref().is_some_and(FinishReason::is_told);
        for candidate in self.response.candidates.iter_mut().filter(ended) {
            let parts = candidate.content.iter_mut().flat_map(|content| &mut content.parts);
            // Some servers leave out the last piece of a call, which would say so.
            parts.filter_map(|part| part.function_call.as_mut()).for_each(|call| call.will_continue = None);
        }
        self.response
    }
}

const MAX_CANDIDATES: i64 = 128;

/// The answer with this index, in the order of the indices.
#[inline]
fn candidate_at(candidates: &mut Vec<Candidate>, index: i64) -> &mut Candidate {
    let at = candidates.partition_point(|candidate| candidate.index < index);
    if candidates.get(at).is_none_or(|candidate| candidate.index != index) {
        candidates.insert(at, Candidate { index, ..Candidate::default() });
    }
    &mut candidates[at]
}

#[inline]
fn add_candidate(candidate: &mut Candidate, new: Candidate, gaps: &mut partial_args::Gaps) {
    let Candidate {
        index: _,
        content,
        finish_reason,
        finish_message,
        safety_ratings,
        citation_metadata,
        grounding_metadata,
        url_context_metadata,
        token_count,
        avg_logprobs,
        logprobs_result,
        score,
        extra,
    } = new;
    if let Some(content) = content {
        add_content(candidate.content.get_or_insert_default(), content, gaps);
    }
    let is_first = candidate.finish_reason.is_none();
    keep_last(&mut candidate.finish_reason, finish_reason.filter(|reason| is_first || reason.is_told()));
    keep_last(&mut candidate.finish_message, finish_message);
    keep_last_list(&mut candidate.safety_ratings, safety_ratings);
    if let Some(citations) = citation_metadata {
        add_citations(candidate.citation_metadata.get_or_insert_default(), *citations);
    }
    if let Some(grounding) = grounding_metadata {
        add_grounding(candidate.grounding_metadata.get_or_insert_default(), *grounding);
    }
    keep_last(&mut candidate.url_context_metadata, url_context_metadata);
    keep_last(&mut candidate.token_count, token_count);
    keep_last(&mut candidate.avg_logprobs, avg_logprobs);
    if let Some(logprobs) = logprobs_result {
        add_logprobs(candidate.logprobs_result.get_or_insert_default(), *logprobs);
    }
    keep_last(&mut candidate.score, score);
    candidate.extra.merge(extra);
}

#[inline]
fn add_content(content: &mut Content, new: Content, gaps: &mut partial_args::Gaps) {
    keep_last(&mut content.role, new.role);
    for part in new.parts {
        add_part(&mut content.parts, part, gaps);
    }
    content.extra.merge(new.extra);
}

#[inline]
fn add_part(parts: &mut Vec<Part>, new: Part, gaps: &mut partial_args::Gaps) {
    if new.function_call.is_some() {
        partial_args::add_call(parts, new, gaps);
        return;
    }
    if let (Some(last), Some(more)) = (parts.last_mut(), plain_text(&new))
        && plain_text(last).is_some()
        && last.is_thought() == new.is_thought()
    {
        last.text.get_or_insert_default().push_str(more);
        return;
    }
    parts.push(new);
}

/// The text of a part that has nothing else to it.
#[inline]
fn plain_text(part: &Part) -> Option<&str> {
    let Part {
        text,
        inline_data: None,
        file_data: None,
        function_call: None,
        function_response: None,
        executable_code: None,
        code_execution_result: None,
        tool_call: None,
        tool_response: None,
        audio_transcription: None,
        thought: _,
        thought_signature: None,
        video_metadata: None,
        media_resolution: None,
        part_metadata: None,
        extra,
    } = part
    else {
        return None;
    };
    text.as_deref().filter(|_| extra.is_empty())
}

#[inline]
fn add_usage(usage: &mut UsageMetadata, new: UsageMetadata) {
    let UsageMetadata {
        prompt_token_count,
        cached_content_token_count,
        candidates_token_count,
        thoughts_token_count,
        tool_use_prompt_token_count,
        total_token_count,
        prompt_tokens_details,
        prompt_token_details,
        cache_tokens_details,
        candidates_tokens_details,
        tool_use_prompt_tokens_details,
        traffic_type,
        service_tier,
        billable_prompt_usage,
        extra,
    } = new;
    keep_last(&mut usage.prompt_token_count, prompt_token_count);
    keep_last(&mut usage.cached_content_token_count, cached_content_token_count);
    keep_last(&mut usage.candidates_token_count, candidates_token_count);
    keep_last(&mut usage.thoughts_token_count, thoughts_token_count);
    keep_last(&mut usage.tool_use_prompt_token_count, tool_use_prompt_token_count);
    keep_last(&mut usage.total_token_count, total_token_count);
    keep_last_list(&mut usage.prompt_tokens_details, prompt_tokens_details);
    keep_last_list(&mut usage.prompt_token_details, prompt_token_details);
    keep_last_list(&mut usage.cache_tokens_details, cache_tokens_details);
    keep_last_list(&mut usage.candidates_tokens_details, candidates_tokens_details);
    keep_last_list(&mut usage.tool_use_prompt_tokens_details, tool_use_prompt_tokens_details);
    keep_last(&mut usage.traffic_type, traffic_type);
    keep_last(&mut usage.service_tier, service_tier);
    keep_last(&mut usage.billable_prompt_usage, billable_prompt_usage);
    usage.extra.merge(extra);
}

#[inline]
fn add_citations(citations: &mut CitationMetadata, new: CitationMetadata) {
    citations.citations.extend(new.citations);
    citations.citation_sources.extend(new.citation_sources);
    citations.extra.merge(new.extra);
}

#[inline]
fn add_logprobs(logprobs: &mut LogprobsResult, new: LogprobsResult) {
    logprobs.chosen_candidates.extend(new.chosen_candidates);
    logprobs.top_candidates.extend(new.top_candidates);
    keep_last(&mut logprobs.log_probability_sum, new.log_probability_sum);
    logprobs.extra.merge(new.extra);
}

#[inline]
fn add_grounding(grounding: &mut GroundingMetadata, new: GroundingMetadata) {
    let GroundingMetadata {
        web_search_queries,
        image_search_queries,
        retrieval_queries,
        search_entry_point,
        grounding_chunks,
        grounding_supports,
        retrieval_metadata,
        google_maps_widget_context_token,
        source_flagging_uris,
        extra,
    } = new;
    keep_last_list(&mut grounding.web_search_queries, web_search_queries);
    keep_last_list(&mut grounding.image_search_queries, image_search_queries);
    keep_last_list(&mut grounding.retrieval_queries, retrieval_queries);
    keep_last(&mut grounding.search_entry_point, search_entry_point);
    keep_last_list(&mut grounding.grounding_chunks, grounding_chunks);
    keep_last_list(&mut grounding.grounding_supports, grounding_supports);
    keep_last(&mut grounding.retrieval_metadata, retrieval_metadata);
    keep_last(&mut grounding.google_maps_widget_context_token, google_maps_widget_context_token);
    keep_last_list(&mut grounding.source_flagging_uris, source_flagging_uris);
    grounding.extra.merge(extra);
}

fn keep_first<T>(place: &mut Option<T>, new: Option<T>) {
    if place.is_none() {
        *place = new;
    }
}

fn keep_last<T>(place: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *place = new;
    }
}

fn keep_last_list<T>(place: &mut Vec<T>, new: Vec<T>) {
    if !new.is_empty() {
        *place = new;
    }
}
