"""Answers with status 200 that refuse, given before the upstream is called. Not for streams.

Each is told apart from a complete answer by the field its SDK has for that: `refusal` and
`finish_reason`, `status` and `incomplete_details`, `stop_reason`. Ids and times come from the
caller. No usage is counted, since no model was asked.
Source: types of the packages `openai` 3.52.0 and `anthropic` 2.11.0.
"""

from __future__ import annotations

from typing import Any, Literal

Category = Literal["cyber", "bio", "frontier_llm", "reasoning_extraction", "general_harms"]
"""Of Anthropic's `stop_details`."""


def chat_refusal(text: str, *, id: str, model: str, created: int, n: int = 1) -> dict[str, Any]:  # noqa: A002 - the name in the body
    """Return a `chat.completion`. `created` is in seconds; `n` choices say the same.

    The SDK's `.parse()` raises ContentFilterFinishReasonError for it.
    """
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": None, "refusal": text},
            "logprobs": None,
            "finish_reason": "content_filter",
        }
        for index in range(n)
    ]
    return {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": choices,
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def responses_refusal(
    text: str,
    *,
    id: str,  # noqa: A002 - the name in the body
    message_id: str,
    model: str,
    created_at: int,
) -> dict[str, Any]:
    """Return an incomplete `response` whose only output is a message that refuses."""
    part = {"type": "refusal", "refusal": text}
    message = {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "status": "incomplete",
        "content": [part],
    }
    return {
        "id": id,
        "object": "response",
        "created_at": created_at,
        "status": "incomplete",
        "incomplete_details": {"reason": "content_filter"},
        "error": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": [message],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": None,
    }


def messages_refusal(
    text: str,
    *,
    id: str,  # noqa: A002 - the name in the body
    model: str,
    category: Category | None = None,
) -> dict[str, Any]:
    """Return a `message` that ends with a refusal; its content is empty, as a model's would be.

    The text stands in `stop_details`: a client that shows content and looks at nothing else must
    not take it for the model's answer.
    """
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": category, "explanation": text},
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }
