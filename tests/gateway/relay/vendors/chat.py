"""Chat Completions, as the servers of vendors write them."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

from tests.gateway.relay.vendors.case import TOOL, Case

from charter.gateway.wire.asked import Api

ARGUMENTS = '{"city": "Bern", "days": 3}'
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def chunk(*choices: Any, **more: Any) -> dict[str, Any]:
    head = {"id": "gen-7", "object": "chat.completion.chunk", "created": 1_790_000_000}
    return {**head, "model": "maker/model-1", "choices": list(choices), **more}


def part(delta: Any, reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason, **more}


def stream(name: str, *events: Any, lost: tuple[str, ...] = ()) -> Case:
    return Case(Api.CHAT, name, (*events, "data: [DONE]"), lost=frozenset(lost))


def whole(name: str, message: Any, *, lost: tuple[str, ...] = (), **more: Any) -> Case:
    of_choice = more.pop("choice", {})
    said = {"index": 0, "message": message, "finish_reason": "stop", **of_choice}
    head = {"id": "gen-7", "object": "chat.completion", "created": 1_790_000_000}
    body = {**head, "model": "maker/model-1", "choices": [said], **more}
    return Case(Api.CHAT, name, body=body, lost=frozenset(lost))


def call(identity: str = "call_1", **more: Any) -> dict[str, Any]:
    return {"id": identity, "function": {"name": TOOL, "arguments": ARGUMENTS}, **more}


def text(said: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": said, **more}


USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
HARM = {"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": False}}
BLOCKED = {
    "custom_blocklists": {"filtered": False, "details": [{"filtered": False, "id": "my-list"}]}
}
CODE = {"protected_material_code": {"detected": True, "filtered": False, "citation": {
    "URL": "https://code.example/a/b?line=3", "license": "Some license, version 2"}}}  # fmt: skip
SEARCHED = [{"title": "A page", "url": "https://example.org/?q=1", "snippet": "What it says."}]
CITED = [{"type": "url_citation", "url_citation": {"url": "https://example.org/a", "title": "A page",
          "content": "What it says.", "start_index": 0, "end_index": 5}}]  # fmt: skip

# Mistral: https://docs.mistral.ai/api (content chunks, tool and document references)
TOOL_REFERENCE = {"type": "tool_reference", "tool": "web_search", "title": "A title of it",
                  "url": "https://example.org/b?x=y", "favicon": None}  # fmt: skip
REFERENCE = {"type": "reference", "reference_ids": [0, 2]}
NAMED_REFERENCE = {"type": "reference", "reference_ids": ["doc one", "doc two"]}
FILE = {
    "type": "tool_file",
    "tool": "code_interpreter",
    "file_id": "f-1",
    "file_name": "plot it.png",
}
DOCUMENT = {
    "type": "document_url",
    "document_url": "https://example.org/c?d",
    "document_name": "My doc",
}
THOUGHT = {"type": "thinking", "thinking": [text("First this."), NAMED_REFERENCE, text(" Then that."),
           TOOL_REFERENCE], "closed": True}  # fmt: skip
MISTRAL = [
    whole("mistral", {"role": "assistant", "prefix": False, "tool_calls": [call("D681PevKs", index=0)],
                      "content": [THOUGHT, text("Hello "), NAMED_REFERENCE, text("there"), TOOL_REFERENCE,
                                  FILE, DOCUMENT, PICTURE]},
          usage={**USAGE, "num_cached_tokens": 1, "prompt_audio_seconds": {}}),
    whole("mistral-numbers", {"role": "assistant", "content": [text("Hello"), REFERENCE]}),
    stream("mistral",
           chunk(part({"role": "assistant", "content": ""}), p="abcd"),
           chunk(part({"content": [{"type": "thinking", "thinking": [text("First ")]}]}), p="ab"),
           chunk(part({"content": [{"type": "thinking", "thinking": [text("this."), NAMED_REFERENCE]}]})),
           chunk(part({"content": [{"type": "thinking", "thinking": [text(" So.")], "closed": True}]})),
           chunk(part({"content": [text("Hello ")]})),
           chunk(part({"content": "there"})),
           chunk(part({"content": [NAMED_REFERENCE, TOOL_REFERENCE, FILE, DOCUMENT]})),
           chunk(part({"content": "", "tool_calls": [call("D681PevKs", index=0), call("E2", index=1)]},
                      "tool_calls"), usage=USAGE)),
    stream("mistral-numbers", chunk(part({"content": [text("Hello"), REFERENCE]})), chunk(part({}, "stop"))),
]  # fmt: skip

# Gemini: https://ai.google.dev/gemini-api/docs/openai (thought signatures)
SIGNED = {"extra_content": {"google": {"thought_signature": "CpMCAdHtim8+/a=="}}}
GEMINI = [
    whole("gemini", {"role": "assistant", "tool_calls": [call("function-call-9", type="function", **SIGNED)],
                     "extra_content": {"google": {"thought": True}}}, usage=USAGE),
    whole("gemini-no-role", {"content": "Hello there", **SIGNED}),
    stream("gemini", chunk({"index": 0, "delta": {"role": "assistant", "content": "Hel", **SIGNED}}),
           chunk({"index": 0, "delta": {"content": "lo"}}, usage=USAGE),
           chunk({"index": 0, "delta": {"tool_calls": [call("fc-1", type="function", **SIGNED),
                                                      call("fc-2", type="function")]}}),
           chunk({"index": 0, "delta": {"role": "assistant"}, "finish_reason": "stop"}, usage=USAGE)),
    stream("gemini-thought", chunk(part({"content": "<thought>hm ", "extra_content": {"google": {"thought": True}}})),
           chunk(part({"content": "so</thought>", "extra_content": {"google": {"thought": True}}})),
           chunk(part({"content": "Hello"})), chunk(part({}, "stop"))),
    stream("gemini-no-ids", chunk(part({"tool_calls": [{**call(""), "type": "function", "index": 0}]}, "stop"))),
]  # fmt: skip

OF_MESSAGE = {
    "refusal": None,
    "annotations": None,
    "audio": None,
    "function_call": None,
    "tool_calls": [],
}
TOP = [{"token": "lo", "logprob": -2.0, "bytes": None}]
VLLM = {"prompt_logprobs": None, "prompt_token_ids": None, "kv_transfer_params": None}
PROMPT_LOGPROBS = [None, {"1234": {"logprob": -1.5, "rank": 1, "decoded_token": "Hello"}}]
SERVED = [
    stream("deepseek", chunk(part({"role": "assistant", "content": None, "reasoning_content": ""})),
           chunk(part({"content": None, "reasoning_content": "First "}, logprobs=None)),
           chunk(part({"content": None, "reasoning_content": "this."}, logprobs=None)),
           chunk(part({"content": "Hello ", "reasoning_content": None}, logprobs=None)),
           chunk(part({"content": "there", "reasoning_content": None}, logprobs=None)),
           chunk(part({"content": "", "reasoning_content": None}, "stop", logprobs=None),
                 usage={**USAGE, "prompt_cache_hit_tokens": 0,
                        "completion_tokens_details": {"reasoning_tokens": 2}})),
    whole("deepseek", {"role": "assistant", "content": "Hello", "reasoning_content": "First this."},
          usage={**USAGE, "prompt_cache_hit_tokens": 0}, choice={"logprobs": None}),
    stream("qwen", chunk(part({"role": "assistant", "content": None})),
           chunk(part({"content": None, "tool_calls": [
               {"index": 0, "id": "call_9", "type": "function", "function": {"name": TOOL, "arguments": ""}}]})),
           chunk(part({"content": None, "tool_calls": [
               {"index": 0, "id": "", "type": "function", "function": {"name": "", "arguments": '{"city": '}}]})),
           chunk(part({"content": None, "tool_calls": [
               {"index": 0, "id": "", "type": "function", "function": {"arguments": '"Bern"}', "name": None}}]})),
           chunk(part({"content": ""}, "tool_calls")), chunk(usage=USAGE)),
    stream("vllm", chunk(part({"role": "assistant", "content": ""}, logprobs=None), prompt_token_ids=None),
           chunk(part({"reasoning": "First "}, logprobs=None, token_ids=None)),
           chunk(part({"reasoning": "this."}, logprobs=None, token_ids=None)),
           chunk(part({"content": "Hello "}, logprobs=None, token_ids=None)),
           chunk(part({"content": "there"}, logprobs=None, token_ids=None)),
           chunk(part({}, "stop", logprobs=None, stop_reason="the end", token_ids=None)),
           chunk(usage={**USAGE, "prompt_tokens_details": None})),
    whole("vllm", {"role": "assistant", "content": "Hello there", **OF_MESSAGE, "reasoning": "First this.",
                   "reasoning_content": "First this."},
          usage=USAGE, service_tier=None, system_fingerprint=None, **VLLM,
          choice={"stop_reason": 128_009, "token_ids": None, "logprobs": {
              "content": [{"token": "Hello there", "logprob": -0.5, "bytes": None, "top_logprobs": TOP}]}}),
    whole("vllm-prompt", {"role": "assistant", "content": "Hello", **OF_MESSAGE}, **{
        **VLLM, "prompt_logprobs": PROMPT_LOGPROBS}, choice={"stop_reason": "the end"}),
    whole("ollama", {"role": "assistant", "content": "", "tool_calls": [
        {**call(), "type": "function", "index": 0}]}, system_fingerprint="fp_ollama"),
    stream("sglang", chunk(part({"role": "assistant", "content": "Hello", "tool_calls": None,
                                 "reasoning_content": None}, matched_stop=None)),
           chunk(part({"role": None, "content": None}, "stop", matched_stop=128_009))),
    stream("groq", chunk(part({"role": "assistant", "content": ""}), x_groq={"id": "req_01"}),
           chunk(part({"reasoning": "First this.", "channel": "analysis"})),
           chunk(part({"content": "Hello"})), chunk(part({"executed_tools": [
               {"index": 0, "type": "search", "arguments": ARGUMENTS, "output": "What it says.",
                "search_results": {"results": SEARCHED}}]})),
           chunk(part({}, "stop"), x_groq={"id": "req_01", "usage": USAGE}, usage=USAGE)),
    stream("perplexity", chunk(part({"role": "assistant", "content": "Hel"}), citations=["https://example.org/?q=1"],
                               search_results=SEARCHED, usage=USAGE),
           chunk(part({"content": "lo"}, "stop"), citations=["https://example.org/?q=1"], usage=USAGE,
                 search_results=SEARCHED, related_questions=["And then?"])),
    whole("perplexity", {"role": "assistant", "content": "Hello"}, citations=["https://example.org/?q=1"],
          search_results=SEARCHED, images=[{"image_url": "https://example.org/i.png?x", "origin_url": "b c"}]),
]  # fmt: skip

# Azure: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
FILTERED = [{"prompt_index": 0, "content_filter_results": {**HARM, "jailbreak": {"detected": False,
             "filtered": False}, **BLOCKED}}]  # fmt: skip
CONTEXT = {"citations": [{"content": "What it says.", "title": "A page", "url": None, "filepath": "a b.md",
                          "chunk_id": "0"}], "intent": '["A question"]'}  # fmt: skip
AZURE = [
    stream("azure", chunk(id="", object="", model="", created=0, prompt_filter_results=FILTERED),
           chunk(part({"role": "assistant", "content": "", "refusal": None}, content_filter_results={},
                      logprobs=None), obfuscation="x"),
           chunk(part({"content": "Hello "}, content_filter_results=HARM, logprobs=None)),
           chunk(part({"content": "there"}, content_filter_results={**HARM, **CODE}, logprobs=None)),
           chunk(part({}, "stop", content_filter_results={}, logprobs=None)), chunk(usage=USAGE)),
    stream("azure-late", chunk(id="", object="", model="", created=0, prompt_filter_results=FILTERED),
           chunk(part({"role": "assistant", "content": "Hello "})),
           chunk({"index": 0, "finish_reason": None, "content_filter_results": HARM, "content_filter_offsets": {
               "check_offset": 44, "start_offset": 44, "end_offset": 198}}, id="", object="", model="", created=0),
           chunk(part({"content": "there"})), chunk(part({}, "stop")),
           chunk({"index": 0, "finish_reason": None, "content_filter_results": {**HARM, **CODE}, "content_filter_offsets": {
               "check_offset": 506, "start_offset": 44, "end_offset": 571}}, id="", object="", model="", created=0)),
    whole("azure", {"role": "assistant", "content": "Hello", "refusal": None, "annotations": []},
          prompt_filter_results=FILTERED, usage=USAGE, choice={
              "content_filter_results": {**HARM, **CODE, **BLOCKED}, "logprobs": None}),
    whole("azure-no-verdict", {"role": "assistant", "content": "Hello"}, choice={
        "content_filter_result": {"error": {"code": "content_filter_error", "message": "It ran late."}}}),
    whole("azure-data", {"role": "assistant", "content": "Hello [doc1]", "context": CONTEXT, "end_turn": True}),
    stream("azure-data", chunk(part({"role": "assistant", "context": CONTEXT}), object="extensions.chat.completion.chunk"),
           chunk(part({"content": "Hello [doc1]", "end_turn": False})),
           chunk(part({"end_turn": True}, "stop"))),
]  # fmt: skip

# OpenRouter: https://openrouter.ai/docs/use-cases/reasoning-tokens and /docs/api-reference/errors
REASONED = [{"type": "reasoning.text", "text": "First this.", "signature": "EqQB+/a==", "id": "r-1",
             "format": "anthropic-claude-v1", "index": 0},
            {"type": "reasoning.summary", "summary": "It thinks.", "format": "openai-responses-v1", "index": 1},
            {"type": "reasoning.encrypted", "data": "gAAAAAB+/a==", "id": None, "index": 2}]  # fmt: skip
COST = {
    **USAGE,
    "cost": 0.0001,
    "is_byok": False,
    "cost_details": {"upstream_inference_cost": None},
}
OPENROUTER = [
    stream("openrouter", ": OPENROUTER PROCESSING", "", ": OPENROUTER PROCESSING",
           chunk(part({"role": "assistant", "content": "", "reasoning": "First ", "reasoning_details": [
               {**REASONED[0], "text": "First "}]}, native_finish_reason=None, logprobs=None), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": "", "reasoning": "this.", "reasoning_details": [
               {**REASONED[0], "text": "this."}]}, native_finish_reason=None), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": "Hello", "reasoning_details": REASONED[1:]}), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": "", "annotations": CITED}), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": "", "images": [{**PICTURE, "index": 0}]}), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": ""}, "stop", native_finish_reason="end_turn"), provider="Some Provider"),
           chunk(part({"role": "assistant", "content": ""}, None), provider="Some Provider", usage=COST)),
    whole("openrouter", {"role": "assistant", "content": "Hello", "refusal": None, "reasoning": "First this.",
                         "reasoning_details": REASONED, "annotations": CITED, "images": [PICTURE]},
          provider="Some Provider", usage=COST, choice={"native_finish_reason": "STOP", "logprobs": None}),
    whole("openrouter-error", {"role": "assistant", "content": "Hel"}, choice={
        "finish_reason": "error", "error": {"code": 502, "message": "It went away.",
                                            "metadata": {"provider_name": "Some Provider"}}}),
]  # fmt: skip

CASES = [*MISTRAL, *GEMINI, *SERVED, *AZURE, *OPENROUTER]
