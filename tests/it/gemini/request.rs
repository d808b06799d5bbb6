//! What is written to the wire.

use std::collections::BTreeMap;
use std::fmt::Debug;

use arouter::gemini::{
    ApiAuth, ApiAuthKeyConfig, ApiKeyConfig, ApiSpec, AspectRatio, AudioResponseFormat, AudioTranscriptionConfig, AuthConfig, AuthType,
    Behavior, Blob, CodeExecutionResult, ComputerUse, Content, CountTokensResponse, DataStoreSpec, Delivery, DynamicRetrievalConfig,
    DynamicRetrievalMode, ElasticSearchParams, EmbedContentRequest, EmbedContentResponse, EnterpriseWebSearch, Environment, ExaAiSearch,
    ExecutableCode, ExternalApi, FeatureSelectionPreference, FileData, FileSearch, FunctionCall, FunctionCallingConfig,
    FunctionCallingMode, FunctionDeclaration, FunctionResponse, GenerateContentRequest, GenerationConfig, GoogleMaps,
    GoogleMapsGroundingTypes, GoogleMapsPlaces, GoogleMapsRouting, GoogleSearch, GoogleSearchRetrieval, GoogleServiceAccountConfig,
    HarmBlockMethod, HarmBlockThreshold, HarmCategory, HttpBasicAuthConfig, HttpElementLocation, HybridSearch, ImageConfig,
    ImageOutputOptions, ImageResponseFormat, ImageSearch, ImageSize, Interval, LanguageAuto, LanguageHints, LatLng, LlmRanker, McpServer,
    MediaResolutionLevel, Modality, ModelArmorConfig, ModelRoutingPreference, ModelSelectionConfig, OauthConfig, OidcConfig,
    ParallelAiSearch, Part, PhishBlockThreshold, ProminentPeople, RagFilter, RagRanking, RagResource, RagRetrievalConfig, RankService,
    ReplicatedVoiceConfig, ResponseFormat, Retrieval, RetrievalConfig, Role, RoutingConfig, SafetyPolicy, SafetyRating, SafetySetting,
    Scheduling, Schema, SearchTypes, ServiceTier, SimpleSearchParams, SpeakerVoiceConfig, SpeechConfig, StreamableHttpTransport,
    TextResponseFormat, ThinkingConfig, ThinkingLevel, Tool, ToolConfig, TranslationConfig, VertexAiSearch, VertexRagStore, VideoMetadata,
    VideoResponseFormat, VoiceConfig, WebSearch,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{renamed, snake_case};

/// A request with every option.
pub(crate) fn every_option() -> GenerateContentRequest {
    GenerateContentRequest::new([Content::user("Hi")])
        .system_instruction("Be brief.")
        .tools([Tool::google_search()])
        .tool_config(
            ToolConfig::new()
                .function_calling_config(
                    FunctionCallingConfig::new()
                        .mode(FunctionCallingMode::Validated)
                        .allowed_function_names(["f", "g"])
                        .stream_function_call_arguments(true),
                )
                .retrieval_config(RetrievalConfig::new().lat_lng(LatLng::new(48.5, -2.25)).language_code("de"))
                .include_server_side_tool_invocations(true),
        )
        .safety_settings([
            SafetySetting::new(HarmCategory::Harassment, HarmBlockThreshold::BlockOnlyHigh).method(HarmBlockMethod::Severity),
            SafetySetting::new(HarmCategory::Number(7), HarmBlockThreshold::Number(3)),
        ])
        .generation_config(generation_config())
        .cached_content("cachedContents/1")
        .service_tier(ServiceTier::Flex)
        .labels([("team".to_owned(), "search".to_owned())])
        .model_armor_config(ModelArmorConfig::new().prompt_template_name("p").response_template_name("r"))
        .model("models/m")
        .extra("nextWeek", 1)
}

#[test]
fn every_option_is_written_as_the_api_spells_it() {
    let request = every_option();
    let expected = json!({
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{"googleSearch": {}}],
        "toolConfig": {
            "functionCallingConfig": {"mode": "VALIDATED", "allowedFunctionNames": ["f", "g"], "streamFunctionCallArguments": true},
            "retrievalConfig": {"latLng": {"latitude": 48.5, "longitude": -2.25}, "languageCode": "de"},
            "includeServerSideToolInvocations": true,
        },
        "safetySettings": [
            {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH", "method": "SEVERITY"},
            {"category": 7, "threshold": 3},
        ],
        "generationConfig": generation_config_json(),
        "cachedContent": "cachedContents/1",
        "serviceTier": "flex",
        "labels": {"team": "search"},
        "modelArmorConfig": {"promptTemplateName": "p", "responseTemplateName": "r"},
        "model": "models/m",
        "nextWeek": 1,
    });
    // An extra field has no other spelling.
    assert_round_trip(&request, &expected, &[("next_week", "nextWeek")]);
}

fn generation_config() -> GenerationConfig {
    let voice = ReplicatedVoiceConfig::new()
        .mime_type("audio/wav")
        .voice_sample_audio("AQID")
        .consent_audio("BAUG")
        .voice_consent_signature(serde_json::from_value(json!({"signature": "s"})).unwrap());
    let mut speaker = SpeakerVoiceConfig::new("Ann", "Kore");
    speaker.voice_config = Some(VoiceConfig::replicated(voice));
    GenerationConfig::new()
        .temperature(0.5)
        .top_p(0.9)
        .top_k(40)
        .candidate_count(2)
        .max_output_tokens(100)
        .stop_sequences(["END", "STOP"])
        .seed(-7)
        .presence_penalty(0.25)
        .frequency_penalty(-0.5)
        .response_logprobs(true)
        .logprobs(4)
        .json(Schema::object([("planet", Schema::string().description("Which")), ("moons", Schema::integer())]).required(["planet"]))
        .response_json_schema(json!({"type": "object", "snake_case": {"a_b": 1}}))
        .response_format([ResponseFormat::new()
            .text(TextResponseFormat::new().mime_type("application/json").schema(json!({"type": "object"})))
            .image(
                ImageResponseFormat::new()
                    .aspect_ratio(AspectRatio::SixteenByNine)
                    .image_size(ImageSize::TwoK)
                    .delivery(Delivery::Inline)
                    .mime_type("image/png"),
            )
            .audio(AudioResponseFormat::new().bit_rate(128_000).sample_rate(24_000).delivery(Delivery::Uri).mime_type("audio/wav"))
            .video(VideoResponseFormat::new().aspect_ratio(AspectRatio::NineBySixteen).duration("8s").gcs_uri("gs://b/c"))])
        .response_modalities([Modality::Text, Modality::Image])
        .thinking_config(ThinkingConfig::new().include_thoughts(true).thinking_budget(-1).thinking_level(ThinkingLevel::Low))
        .speech_config(SpeechConfig::speakers([speaker]).voice_config(VoiceConfig::prebuilt("Puck")).language_code("en-US"))
        .image_config(
            ImageConfig::new()
                .aspect_ratio("16:9")
                .image_size("2K")
                .person_generation("ALLOW_NONE")
                .prominent_people(ProminentPeople::Block)
                .output_mime_type("image/jpeg")
                .output_compression_quality(80)
                .image_output_options(ImageOutputOptions::new().compression_quality(75).mime_type("image/jpeg")),
        )
        .media_resolution(MediaResolutionLevel::Low)
        .audio_timestamp(true)
        .audio_transcription_config(
            AudioTranscriptionConfig::new()
                .language_codes(["en-US"])
                .language_auto(LanguageAuto::new())
                .language_hints(LanguageHints::new().language_codes(["de"]))
                .custom_vocabulary(["ARouter"])
                .adaptation_phrases(["good day"])
                .word_timestamp(true)
                .diarization(false),
        )
        .translation_config(TranslationConfig::new().target_language_code("de").echo_target_language(true))
        .enable_affective_dialog(true)
        .enable_enhanced_civic_answers(false)
        .routing_config(RoutingConfig::auto(ModelRoutingPreference::Balanced).manual_mode(manual_mode("gemini-2.5-flash")))
        .model_selection_config(ModelSelectionConfig::new().feature_selection_preference(FeatureSelectionPreference::PrioritizeCost))
}

fn manual_mode(model: &str) -> arouter::gemini::ManualRoutingMode {
    RoutingConfig::manual(model).manual_mode.unwrap()
}

fn generation_config_json() -> Value {
    json!({
        "temperature": 0.5, "topP": 0.9, "topK": 40, "candidateCount": 2, "maxOutputTokens": 100, "stopSequences": ["END", "STOP"], "seed": -7,
        "presencePenalty": 0.25, "frequencyPenalty": -0.5, "responseLogprobs": true, "logprobs": 4, "responseMimeType": "application/json",
        "responseSchema": {
            "type": "OBJECT", "required": ["planet"], "propertyOrdering": ["planet", "moons"],
            "properties": {"planet": {"type": "STRING", "description": "Which"}, "moons": {"type": "INTEGER"}},
        },
        "responseJsonSchema": {"type": "object", "snake_case": {"a_b": 1}},
        "responseFormat": [{
            "text": {"mimeType": "application/json", "schema": {"type": "object"}},
            "image": {"aspectRatio": "ASPECT_RATIO_SIXTEEN_BY_NINE", "imageSize": "IMAGE_SIZE_TWO_K", "delivery": "INLINE", "mimeType": "image/png"},
            "audio": {"bitRate": 128_000, "sampleRate": 24_000, "delivery": "URI", "mimeType": "audio/wav"},
            "video": {"aspectRatio": "ASPECT_RATIO_NINE_BY_SIXTEEN", "duration": "8s", "gcsUri": "gs://b/c"},
        }],
        "responseModalities": ["TEXT", "IMAGE"],
        "thinkingConfig": {"includeThoughts": true, "thinkingBudget": -1, "thinkingLevel": "LOW"},
        "speechConfig": {
            "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}, "languageCode": "en-US",
            "multiSpeakerVoiceConfig": {"speakerVoiceConfigs": [{"speaker": "Ann", "voiceConfig": {
                "replicatedVoiceConfig": {"mimeType": "audio/wav", "voiceSampleAudio": "AQID", "consentAudio": "BAUG",
                    "voiceConsentSignature": {"signature": "s"}},
            }}]},
        },
        "imageConfig": {
            "aspectRatio": "16:9", "imageSize": "2K", "personGeneration": "ALLOW_NONE", "prominentPeople": "BLOCK_PROMINENT_PEOPLE",
            "outputMimeType": "image/jpeg", "outputCompressionQuality": 80,
            "imageOutputOptions": {"compressionQuality": 75, "mimeType": "image/jpeg"},
        },
        "mediaResolution": "MEDIA_RESOLUTION_LOW", "audioTimestamp": true,
        "audioTranscriptionConfig": {
            "languageCodes": ["en-US"], "languageAuto": {}, "languageHints": {"languageCodes": ["de"]}, "customVocabulary": ["ARouter"],
            "adaptationPhrases": ["good day"], "wordTimestamp": true, "diarization": false,
        },
        "translationConfig": {"targetLanguageCode": "de", "echoTargetLanguage": true},
        "enableAffectiveDialog": true, "enableEnhancedCivicAnswers": false,
        "routingConfig": {"autoMode": {"modelRoutingPreference": "BALANCED"}, "manualMode": {"modelName": "gemini-2.5-flash"}},
        "modelSelectionConfig": {"featureSelectionPreference": "PRIORITIZE_COST"},
    })
}

#[test]
fn tools_of_every_kind_are_written_as_the_api_spells_them() {
    let auth = AuthConfig::new().auth_type(AuthType::Oauth).api_key("secret");
    let rag = VertexRagStore::new().rag_resources([RagResource::new().rag_corpus("c").rag_file_ids(["f"])]).rag_retrieval_config(
        RagRetrievalConfig::new()
            .top_k(3)
            .filter(RagFilter::new().metadata_filter("m").vector_distance_threshold(0.5))
            .hybrid_search(HybridSearch::new().alpha(0.25)),
    );
    let external = ExternalApi::new()
        .api_spec(ApiSpec::ElasticSearch)
        .endpoint("https://example.com")
        .auth_config(auth.clone())
        .elastic_search_params(ElasticSearchParams::new().index("i").num_hits(5).search_template("t"));
    let mut bag = Tool::functions([FunctionDeclaration::new("f", "does f")
        .behavior(Behavior::NonBlocking)
        .parameters(json!({"type": "OBJECT", "properties": {"a_b": {"type": "STRING"}}}))
        .parameters_json_schema(json!({"type": "object"}))
        .response(Schema::string())
        .response_json_schema(json!({"type": "string"}))]);
    bag.google_search_retrieval = Some(
        GoogleSearchRetrieval::new()
            .dynamic_retrieval_config(DynamicRetrievalConfig::new().mode(DynamicRetrievalMode::Dynamic).dynamic_threshold(0.3)),
    );
    bag.enterprise_web_search =
        Some(EnterpriseWebSearch::new().blocking_confidence(PhishBlockThreshold::BlockHighAndAbove).exclude_domains(["a.com"]));
    bag.parallel_ai_search = Some(ParallelAiSearch::new().api_key("secret").enable_data_retention(false));
    bag.exa_ai_search = Some(ExaAiSearch::new().api_key("secret").custom_configs(Map::from_iter([("num_results".to_owned(), json!(3))])));
    let rows = [
        (
            Tool::from(
                GoogleSearch::new()
                    .search_types(SearchTypes::new().web_search(WebSearch::new()).image_search(ImageSearch::new()))
                    .time_range_filter(Interval::new().start_time("2026-01-01T00:00:00Z").end_time("2026-02-01T00:00:00Z"))
                    .blocking_confidence(PhishBlockThreshold::BlockLowAndAbove)
                    .exclude_domains(["example.com"]),
            ),
            json!({"googleSearch": {
                "searchTypes": {"webSearch": {}, "imageSearch": {}}, "blockingConfidence": "BLOCK_LOW_AND_ABOVE", "excludeDomains": ["example.com"],
                "timeRangeFilter": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-02-01T00:00:00Z"},
            }}),
        ),
        (Tool::code_execution(), json!({"codeExecution": {}})),
        (Tool::url_context(), json!({"urlContext": {}})),
        (
            Tool::from(
                GoogleMaps::new()
                    .auth_config(auth)
                    .enable_widget(true)
                    .grounding_types(GoogleMapsGroundingTypes::new().places(GoogleMapsPlaces::new())),
            ),
            json!({"googleMaps": {"authConfig": {"authType": "OAUTH", "apiKey": "secret"}, "enableWidget": true, "groundingTypes": {"places": {}}}}),
        ),
        (
            Tool::from(FileSearch::new().file_search_store_names(["fileSearchStores/a"]).top_k(2).metadata_filter("year > 2020")),
            json!({"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/a"], "topK": 2, "metadataFilter": "year > 2020"}}),
        ),
        (
            Tool::from(
                ComputerUse::new()
                    .environment(Environment::Browser)
                    .excluded_predefined_functions(["drag_and_drop"])
                    .enable_prompt_injection_detection(true)
                    .disabled_safety_policies([SafetyPolicy::AccountCreation]),
            ),
            json!({"computerUse": {"environment": "ENVIRONMENT_BROWSER", "excludedPredefinedFunctions": ["drag_and_drop"],
                "enablePromptInjectionDetection": true, "disabledSafetyPolicies": ["ACCOUNT_CREATION"]}}),
        ),
        (
            Tool::mcp_servers([McpServer::new("docs", "https://example.com/mcp").header("Authorization", "Bearer secret")]),
            json!({"mcpServers": [{"name": "docs", "streamableHttpTransport":
                {"url": "https://example.com/mcp", "headers": {"Authorization": "Bearer secret"}}}]}),
        ),
        (
            Tool::retrieval(
                Retrieval::new()
                    .vertex_ai_search(VertexAiSearch::new().datastore("d").max_results(4))
                    .vertex_rag_store(rag)
                    .external_api(external)
                    .disable_attribution(true),
            ),
            json!({"retrieval": {
                "vertexAiSearch": {"datastore": "d", "maxResults": 4}, "disableAttribution": true,
                "vertexRagStore": {"ragResources": [{"ragCorpus": "c", "ragFileIds": ["f"]}], "ragRetrievalConfig":
                    {"topK": 3, "filter": {"metadataFilter": "m", "vectorDistanceThreshold": 0.5}, "hybridSearch": {"alpha": 0.25}}},
                "externalApi": {"apiSpec": "ELASTIC_SEARCH", "endpoint": "https://example.com", "authConfig": {"authType": "OAUTH", "apiKey": "secret"},
                    "elasticSearchParams": {"index": "i", "numHits": 5, "searchTemplate": "t"}},
            }}),
        ),
        (
            bag,
            json!({
                "functionDeclarations": [{"name": "f", "description": "does f", "behavior": "NON_BLOCKING",
                    "parameters": {"type": "OBJECT", "properties": {"a_b": {"type": "STRING"}}}, "parametersJsonSchema": {"type": "object"},
                    "response": {"type": "STRING"}, "responseJsonSchema": {"type": "string"}}],
                "googleSearchRetrieval": {"dynamicRetrievalConfig": {"mode": "MODE_DYNAMIC", "dynamicThreshold": 0.3}},
                "enterpriseWebSearch": {"blockingConfidence": "BLOCK_HIGH_AND_ABOVE", "excludeDomains": ["a.com"]},
                "parallelAiSearch": {"apiKey": "secret", "enableDataRetention": false},
                "exaAiSearch": {"apiKey": "secret", "customConfigs": {"num_results": 3}},
            }),
        ),
    ];
    for (tool, expected) in rows {
        assert_round_trip(&tool, &expected, &[]);
        assert!(!format!("{tool:?}").contains("secret"), "{tool:?}");
    }
    assert_eq!(serde_json::to_value(Tool::other("telepathy", json!({"range": 3}))).unwrap(), json!({"telepathy": {"range": 3}}));
}

#[test]
fn what_only_vertex_has_is_written_as_the_api_spells_it() {
    let auth = AuthConfig::new()
        .api_key_config(
            ApiKeyConfig::new()
                .http_element_location(HttpElementLocation::Header)
                .name("x-key")
                .api_key_secret("projects/1/secrets/2")
                .api_key_string("secret"),
        )
        .http_basic_auth_config(HttpBasicAuthConfig::new().credential_secret("projects/1/secrets/3"))
        .google_service_account_config(GoogleServiceAccountConfig::new().service_account("a@b"))
        .oauth_config(OauthConfig::new().access_token("secret").service_account("c@d"))
        .oidc_config(OidcConfig::new().id_token("secret").service_account("e@f"));
    let store = VertexRagStore::new()
        .rag_corpora(["c"])
        .similarity_top_k(2)
        .vector_distance_threshold(0.5)
        .store_context(true)
        .rag_retrieval_config(
            RagRetrievalConfig::new()
                .filter(RagFilter::new().vector_similarity_threshold(0.75))
                .ranking(RagRanking::new().rank_service(RankService::new().model_name("r")).llm_ranker(LlmRanker::new().model_name("l"))),
        );
    let search = VertexAiSearch::new().engine("e").filter("f").data_store_specs([DataStoreSpec::new().data_store("d").filter("g")]);
    let api_auth = ApiAuth::new().api_key_config(ApiAuthKeyConfig::new().api_key_secret_version("v").api_key_string("secret"));
    let api = ExternalApi::new().auth_config(auth).api_auth(api_auth).simple_search_params(SimpleSearchParams::new());
    let mut bag = Tool::retrieval(Retrieval::new().vertex_ai_search(search).vertex_rag_store(store).external_api(api));
    bag.google_maps = Some(GoogleMaps::new().grounding_types(GoogleMapsGroundingTypes::new().routing(GoogleMapsRouting::new())));
    bag.parallel_ai_search =
        Some(ParallelAiSearch::new().enable_zero_data_retention(true).custom_configs(Map::from_iter([("a_b".to_owned(), json!(1))])));
    let server = StreamableHttpTransport::new().url("https://example.com").timeout("30s").sse_read_timeout("60s").terminate_on_close(true);
    bag.mcp_servers = Some(vec![McpServer::new("docs", "").streamable_http_transport(server)]);
    let expected = json!({
        "retrieval": {
            "vertexAiSearch": {"engine": "e", "filter": "f", "dataStoreSpecs": [{"dataStore": "d", "filter": "g"}]},
            "vertexRagStore": {"ragCorpora": ["c"], "similarityTopK": 2, "vectorDistanceThreshold": 0.5, "storeContext": true,
                "ragRetrievalConfig": {"filter": {"vectorSimilarityThreshold": 0.75},
                    "ranking": {"rankService": {"modelName": "r"}, "llmRanker": {"modelName": "l"}}}},
            "externalApi": {
                "authConfig": {
                    "apiKeyConfig": {"httpElementLocation": "HTTP_IN_HEADER", "name": "x-key", "apiKeySecret": "projects/1/secrets/2", "apiKeyString": "secret"},
                    "httpBasicAuthConfig": {"credentialSecret": "projects/1/secrets/3"},
                    "googleServiceAccountConfig": {"serviceAccount": "a@b"},
                    "oauthConfig": {"accessToken": "secret", "serviceAccount": "c@d"},
                    "oidcConfig": {"idToken": "secret", "serviceAccount": "e@f"},
                },
                "apiAuth": {"apiKeyConfig": {"apiKeySecretVersion": "v", "apiKeyString": "secret"}},
                "simpleSearchParams": {},
            },
        },
        "googleMaps": {"groundingTypes": {"routing": {}}},
        "parallelAiSearch": {"enableZeroDataRetention": true, "customConfigs": {"a_b": 1}},
        "mcpServers": [{"name": "docs", "streamableHttpTransport":
            {"url": "https://example.com", "timeout": "30s", "sseReadTimeout": "60s", "terminateOnClose": true}}],
    });
    assert_round_trip(&bag, &expected, &[]);
    assert!(!format!("{bag:?}").contains(r#""secret""#), "{bag:?}");
}

#[test]
fn parts_of_every_kind_are_written_as_the_api_spells_them() {
    let call: FunctionCall = serde_json::from_value(json!({"id": "c1", "name": "f", "args": {"a_b": 1}})).unwrap();
    let mut answer = FunctionResponse::new("f", json!({"x_y": 1})).scheduling(Scheduling::Silent).will_continue(false).id("c1");
    answer.parts = Some(vec![Blob::new("image/png", [1, 2, 3]).into(), FileData::new("image/png", "gs://a").into()]);
    let rows = [
        (Part::text("a").thought(true).thought_signature("c2ln"), json!({"text": "a", "thought": true, "thoughtSignature": "c2ln"})),
        (
            Part::inline_data("image/png", [1, 2, 3]).media_resolution(MediaResolutionLevel::UltraHigh),
            json!({"inlineData": {"mimeType": "image/png", "data": "AQID"}, "mediaResolution": {"level": "MEDIA_RESOLUTION_ULTRA_HIGH"}}),
        ),
        (
            Part::file_data("video/mp4", "https://example.com/a")
                .video_metadata(VideoMetadata::new().fps(0.5).start_offset("1.5s").end_offset("90s")),
            json!({"fileData": {"mimeType": "video/mp4", "fileUri": "https://example.com/a"},
                "videoMetadata": {"fps": 0.5, "startOffset": "1.5s", "endOffset": "90s"}}),
        ),
        (Part::function_call("f", Map::new()), json!({"functionCall": {"name": "f", "args": {}}})),
        (Part::function_response("f", json!([1, 2])), json!({"functionResponse": {"name": "f", "response": {"output": [1, 2]}}})),
        (call.response("22 °C"), json!({"functionResponse": {"id": "c1", "name": "f", "response": {"output": "22 °C"}}})),
        (
            Part::from(answer),
            json!({"functionResponse": {"id": "c1", "name": "f", "response": {"x_y": 1}, "scheduling": "SILENT", "willContinue": false,
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "AQID"}}, {"fileData": {"mimeType": "image/png", "fileUri": "gs://a"}}]}}),
        ),
        (Part::executable_code(ExecutableCode::python("print(1)")), json!({"executableCode": {"language": "PYTHON", "code": "print(1)"}})),
        (
            Part::code_execution_result(CodeExecutionResult::ok("1")),
            json!({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}),
        ),
        (
            Part::text("a").part_metadata(Map::from_iter([("my_key".to_owned(), json!({"a_b": 1}))])),
            json!({"text": "a", "partMetadata": {"my_key": {"a_b": 1}}}),
        ),
    ];
    for (part, expected) in rows {
        assert_round_trip(&part, &expected, &[]);
    }
    assert_eq!(Part::inline_data("a/b", [255, 254, 253]).inline_data.unwrap().bytes().unwrap(), [255, 254, 253]);
    for (data, bytes) in [("__79", Some(vec![255, 254, 253])), ("AQI", Some(vec![1, 2])), ("AQI=", Some(vec![1, 2])), ("?", None)] {
        let blob: Blob = serde_json::from_value(json!({"data": data})).unwrap();
        assert_eq!(blob.bytes().ok(), bytes, "{data}");
    }
}

#[test]
fn turns_are_made_of_text_and_parts() {
    let rows = [
        (Content::user("a"), json!({"role": "user", "parts": [{"text": "a"}]})),
        (Content::model(String::from("a")), json!({"role": "model", "parts": [{"text": "a"}]})),
        (Content::new("critic", [Part::text("a"), Part::text("b")]), json!({"role": "critic", "parts": [{"text": "a"}, {"text": "b"}]})),
        (Content::new(Role::Function, Part::text("a")), json!({"role": "function", "parts": [{"text": "a"}]})),
        (Content::from(vec![]), json!({"parts": []})),
    ];
    for (content, expected) in rows {
        assert_round_trip(&content, &expected, &[]);
    }
    // What the JSON of protocol buffers allows besides.
    let odd = json!({"contents": {"parts": {"text": "a"}}, "tools": {"function_declarations": {"name": "f"}},
        "generation_config": {"stop_sequences": "END", "top_k": 40.0, "max_output_tokens": "100", "seed": "-7"}, "safetySettings": null});
    let request = GenerateContentRequest::new([Content::from("a")])
        .tools([Tool::functions([serde_json::from_value::<FunctionDeclaration>(json!({"name": "f"})).unwrap()])])
        .generation_config(GenerationConfig::new().stop_sequences(["END"]).top_k(40).max_output_tokens(100).seed(-7));
    assert_eq!(serde_json::from_value::<GenerateContentRequest>(odd).unwrap(), request);
}

#[test]
fn a_schema_is_written_in_googles_dialect() {
    let planet = Schema::object([
        ("name", Schema::string().min_length(1).max_length(40).pattern("^[A-Z]").title("Name")),
        ("kind", Schema::words(["rock", "gas"]).nullable(true)),
        ("radius", Schema::number().minimum(0.5).maximum(1e6).format("double").example(1.5)),
        ("inhabited", Schema::boolean().default_value(false)),
        ("moons", Schema::array(Schema::default().reference("#/$defs/moon")).min_items(0).max_items(90)),
        ("age", Schema::default().any_of([Schema::integer(), Schema::new(arouter::gemini::SchemaType::Null)])),
    ])
    .defs(BTreeMap::from([("moon".to_owned(), Schema::string())]))
    .additional_properties(false)
    .min_properties(1)
    .max_properties(6)
    .required(["name"]);
    let expected = json!({
        "type": "OBJECT", "required": ["name"], "propertyOrdering": ["name", "kind", "radius", "inhabited", "moons", "age"],
        "$defs": {"moon": {"type": "STRING"}}, "additionalProperties": false, "minProperties": 1, "maxProperties": 6,
        "properties": {
            "name": {"type": "STRING", "minLength": 1, "maxLength": 40, "pattern": "^[A-Z]", "title": "Name"},
            "kind": {"type": "STRING", "format": "enum", "enum": ["rock", "gas"], "nullable": true},
            "radius": {"type": "NUMBER", "minimum": 0.5, "maximum": 1e6, "format": "double", "example": 1.5},
            "inhabited": {"type": "BOOLEAN", "default": false},
            "moons": {"type": "ARRAY", "items": {"$ref": "#/$defs/moon"}, "minItems": 0, "maxItems": 90},
            "age": {"anyOf": [{"type": "INTEGER"}, {"type": "NULL"}]},
        },
    });
    assert_eq!(serde_json::from_value::<Schema>(expected.clone()).unwrap(), planet);
    assert_eq!(Value::from(planet), expected);
}

/// Written as expected, and read alike in both of the spellings that the API takes.
fn assert_round_trip<T>(value: &T, expected: &Value, keep: &[(&str, &str)])
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    assert_eq!(serde_json::to_value(value).unwrap(), *expected);
    assert_eq!(serde_json::from_value::<T>(expected.clone()).unwrap(), *value);
    let in_snake_case = renamed(expected, &|name| {
        let name = snake_case(name);
        keep.iter().find(|(snake, _)| *snake == name).map_or(name, |(_, camel)| (*camel).to_owned())
    });
    assert_eq!(serde_json::from_value::<T>(in_snake_case).unwrap(), *value);
}

/// Fields that servers fill and the other tests don't meet: each has a type, in both spellings.
#[test]
fn what_comes_is_typed() {
    fn check<T: DeserializeOwned + Serialize + PartialEq + Debug>(json: &Value) {
        let typed: T = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(&serde_json::to_value(&typed).unwrap(), json);
        let shown = format!("{typed:?}");
        assert_eq!(shown.matches("extra: {}").count(), shown.matches("extra: ").count(), "a field of {json} has no type");
        assert_eq!(serde_json::from_value::<T>(renamed(json, &snake_case)).unwrap(), typed, "{json}");
    }
    let details = json!([{"modality": "TEXT", "tokenCount": 1}]);
    check::<Content>(&json!({"role": "model", "parts": [
        {"inlineData": {"mimeType": "image/png", "data": "AQID", "displayName": "d"}},
        {"fileData": {"mimeType": "image/png", "fileUri": "u", "displayName": "d"}},
        {"text": "a", "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH", "numTokens": 7}},
        {"toolCall": {"id": "i", "toolType": "GOOGLE_SEARCH_WEB", "args": {"a_b": 1}}, "thoughtSignature": "s"},
        {"toolResponse": {"id": "i", "toolType": "URL_CONTEXT", "response": {"a_b": 1}}},
        {"audioTranscription": {"text": "t", "finished": true, "languageCode": "de", "speakerLabel": "s",
            "words": [{"word": "w", "startOffset": "1s", "endOffset": "2s"}]}},
    ]}));
    check::<SafetyRating>(&json!({"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW", "probabilityScore": 0.5, "blocked": true,
        "severity": "HARM_SEVERITY_LOW", "severityScore": 0.25, "overwrittenThreshold": "OFF"}));
    check::<CountTokensResponse>(&json!({"totalTokens": 9, "cachedContentTokenCount": 1, "totalBillableCharacters": 2,
        "promptTokensDetails": details, "cacheTokensDetails": details, "contentTokens": [{"roleTokens": 1, "partTokens": [2, 3]}],
        "systemInstructionsTokens": {"roleTokens": 1, "partTokens": []}}));
    check::<EmbedContentRequest>(
        &json!({"content": {"parts": [{"text": "a"}]}, "model": "models/m", "taskType": "CLUSTERING", "title": "t",
        "outputDimensionality": 8, "autoTruncate": true, "documentOcr": true, "audioTrackExtraction": true}),
    );
    check::<EmbedContentResponse>(&json!({"embedding": {"values": [0.5], "shape": [1],
        "statistics": {"truncated": true, "tokenCount": 2, "tokensDetails": details}}, "truncated": false,
        "metadata": {"billableCharacterCount": 3}}));
    let text_counts: CountTokensResponse =
        serde_json::from_value(json!({"totalTokens": "9", "contentTokens": [{"partTokens": ["2"]}]})).unwrap();
    assert_eq!((text_counts.total_tokens, text_counts.content_tokens[0].part_tokens[0]), (9, 2));
}
