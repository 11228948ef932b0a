"""Messages of a spec -> messages of a training set: role and content, nothing else.

Chat templates know the roles system, user, assistant and tool. So
- developer messages become system messages, and messages of both that follow one another become
  one, with an empty line between: most templates take one, at the start;
- the call of a tool stands in the assistant's content as `<tool_call>` with a JSON object of name
  and arguments, the form that Hermes, Qwen and SmolLM templates read and write;
- the answer of a tool keeps the role tool; the call before it names the tool.
A `<settings>` block is put back in front of its message, as evaluations send it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from charter.syntax.conversation import Message

Chat = list[dict[str, str]]

_ROLES = {"developer": "system"}


def chat(messages: Iterable[Message]) -> Chat:
    """Return messages in the roles that chat templates know."""
    found: Chat = []
    for message in messages:
        role = _ROLES.get(message.role, message.role)
        content = content_of(message)
        if role == "system" and found and found[-1]["role"] == "system":
            found[-1]["content"] += f"\n\n{content}"
        else:
            found.append({"role": role, "content": content})
    return found


def content_of(message: Message) -> str:
    """Return the text of a message as it is trained on."""
    content = message.content
    if message.settings:
        lines = "\n".join(f"{key}: {value}" for key, value in message.settings)
        content = f"<settings>\n{lines}\n</settings>\n{content}".rstrip("\n")
    recipient = message.attribute("recipient")
    if message.role == "assistant" and recipient is not None:
        call = {"name": recipient, "arguments": _arguments(content)}
        content = f"<tool_call>\n{json.dumps(call, ensure_ascii=False)}\n</tool_call>"
    return content


def _arguments(text: str) -> object:
    """Return a JSON object where the text is one, else the text: some tools take code."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text
