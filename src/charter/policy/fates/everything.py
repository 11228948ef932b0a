"""The conversation in which every level speaks and every setting is on: what can bind at all."""

from __future__ import annotations

from charter.policy.conversation import Conversation, Message
from charter.policy.policy import Policy


def everything_on(policy: Policy) -> Conversation:
    """Return a conversation in which every role is present and every setting is on."""
    messages = tuple(Message(role, "") for level in policy.ladder.levels for role in level.roles)
    settings = dict.fromkeys(policy.conditional, True)
    return Conversation("none", messages, (), settings=settings)
