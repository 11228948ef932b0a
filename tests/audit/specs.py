"""Specs whose boundaries the vectorised tests bound in every way they know."""

from charter.audit.row import Terms
from charter.load import load_policy

CONDITIONS = {
    "key": ("output", "text.matches('AK[0-9]{2}')", "deny"),
    "word": ("output", r"text.matches(r'(?i)\\bkey\\b') && words > 2", "redact"),
    "asked": ("request", r"text.lowerAscii().matches('ignore (all|any)')", "deny"),
    "upper": ("request", "text.upperAscii().contains('IGNORE')", "flag"),
    "longer": ("output", "words > 5 && size(text) >= 20", "flag"),
    "short": ("request", "size(text) < 2 || text in ['hi', 'ho']", "flag"),
    "starts": ("output", "text.startsWith('no') || text.endsWith('no')", "flag"),
    "both": ("output", "request.text.matches('secret') && !text.contains('not')", "redact"),
    "echo": ("output", "text == request.text || 3 < words && text != 'x'", "flag"),
    "young": ("request", "has(settings.under_18) && text.contains('a')", "deny"),
    "role": ("request", "message.level < levels.user", "deny"),
    "either": ("output", r"text.matches(r'\\d\\W') || text.matches('[^a-z ]k')", "flag"),
    "result": ("tool_result", "text.contains('a')", "deny"),
    "call": ("tool_call", "tool == 'pay' && has(args.amount) && args.amount > 3", "deny"),
}
OPEN = {
    "leak": ("output", "privileged > 2", "deny"),
    "open": ("output", "text.split(' ').exists(w, w == 'key')", "flag"),
    "broken": ("request", "int(text) > 3", "deny"),
}

_HEAD = "# Secrets {#secrets authority=root}\n\nThe assistant must keep secrets[^sec1].\n"
_MORE = """
# Young {#young_people authority=system conditional=under_18}

The assistant must mind the young[^yng1].

# Manners {#manners authority=user}

The assistant should be kind[^man1].
"""
_BOUNDARY = """
~~~boundary
id: {name}
on: {on}
when: |-
  {when}
effect: {effect}
say: No.
~~~
"""


def policy_of(folder, conditions, more=_MORE):
    text = _HEAD
    for name, (on, when, effect) in conditions.items():
        text += _BOUNDARY.format(name=name, on=on, when=when, effect=effect)
    file = folder / "spec.md"
    file.write_text(text + more)
    return load_policy(file, cache=False)


TERMS = Terms(offered=("pay",))
