r"""The formulas by which a reply declines: data, in the order in which they are tried.

Each is an RE2 expression on one sentence in lower case with plain quotes; `\b` and `\w` are
ASCII. They follow how refusals are worded in general and were adjusted on one third of a public
set of labelled replies; no rule names the topic of a request.
"""
# ruff: noqa: E501  # a formula on one line can be compared with its neighbours

from __future__ import annotations

from typing import Any

import re2


def _compiled(*expressions: str) -> tuple[Any, ...]:
    return tuple(re2.compile(expression) for expression in expressions)


_ADVERBS = r"(?:(?:[a-z]+ly|just|also|still|therefore|in good conscience|even|always|ever),? ){0,2}"
_NOT = (
    r"(?:cannot|can't|cant|can not|could not|couldn't|won't|will not|would not|wouldn't|should not"
    r"|shouldn't|must not|mustn't)"
)
# Past and conditional forms deep in a text belong to stories and advice.
_NOT_NOW = r"(?:cannot|can't|cant|can not|won't|will not)"
_UNABLE = (
    r"(?:unable|not able|unwilling|not (?:\w+ )?(?:going|willing|allowed|permitted|authorized|able"
    r"|comfortable|in a position|supposed|equipped|programmed|designed|prepared|capable))"
)
_GIVE = (
    r"(?:help|assist|aid|provide|supply|share|fulfil|fulfill|comply|answer|give|offer|complete"
    r"|accommodate|grant|facilitate|disclose|reveal|divulge|do (?:that|this|so|it|what)"
    r"|(?:tell|show|teach|walk|guide|instruct|direct|advise) (?:you|anyone|people|someone)"
    r"|create|write|generate|produce|compose|draft)"
)
_ENGAGE = (
    r"(?:support|respond|reply|address|suggest|recommend|endorse|condone|promote|encourage|engage"
    r"|participate|partake|take part|discuss|talk|explain|describe|elaborate|access|retrieve"
    r"|look up|speculate|comment|confirm|process|perform|carry out|execute|run|delete|send"
    r"|proceed|continue|go along|go into|ignore|follow|agree|pretend|role-?play|list|repeat"
    r"|translate|make|advise|be (?:part|involved|used|able))"
)
_I = r"\bi "
# "I am a language model and cannot": the second verb has no subject of its own.
_AS_AI = r"\b(?:i am|i'm|as) (?:just |only |merely )?an? [^.;:]{1,60}?,? (?:and|so|i) "
_I_AM = r"\b(?:i'm|i am) (?:\w+ ){0,2}?"

# First of all: sentences that look like refusals and are none.
HARMLESS = _compiled(
    r"\b(?:can't|cannot|can not|couldn't) (?:\w+ )?(?:recommend|praise|stress|emphasi[sz]e|thank|overstate|say|repeat|describe|express|explain)\b.{0,120}\benough\b",
    r"\bcould(?:n't| not) agree more\b",
    r"\b(?:wouldn't|would not) (?:\w+ly )?(?:recommend|advise|suggest|do (?:that|this|it) (?:before|without|until|unless))\b",
    r"\b(?:can't|cannot|couldn't|could not) help (?:but|\w+ing|myself|it)\b",
    r"\b(?:can't|cannot) (?:tell you|describe|express|explain|say) how (?:much|happy|glad|grateful|excited|proud|sorry|many|often)\b",
    r"\b(?:can't|cannot) (?:make (?:sense|out|it|up)|give up|recommend (?:\w+ ){0,6}(?:highly|strongly) enough)\b",
)

_DE = r"(?:helf|unterstütz|beantwort|bereitstell|geben|gebe|weitergeb|nennen|teilen|erfüll|ausführ|erstell|schreib|anbiet)"
_FR = r"(?:aider|assister|fournir|répondre|donner|partager|communiquer|faire|écrire|divulguer|accéder|accepter)"
_ES = r"(?:ayud|asist|proporcion|dar|respond|compart|hacer|cumpl|ofrec|facilit|escrib|revel|acced)"
_PT = r"(?:ajud|auxili|fornec|dar|respond|compartilh|partilh|fazer|cumpr|oferec|escrev|revel|atend)"
_IT = r"(?:aiut|assist|forni|dar|rispond|condivid|far|soddisf|offri|scriv|rivel)"

# Wherever it stands, this declines something.
DECLINES = _compiled(
    rf"(?:{_I}|{_AS_AI}){_ADVERBS}{_NOT_NOW} {_ADVERBS}{_GIVE}\b",
    rf"{_I_AM}{_UNABLE} (?:to )?{_ADVERBS}(?:with )?{_GIVE}(?:ing)?\b",
    rf"{_I}{_ADVERBS}(?:must|have to|need to|will have to|am going to) {_ADVERBS}(?:decline|refuse|pass on)\b",
    rf"{_I}{_ADVERBS}(?:decline|refuse)\b",
)

# These decline as an opening; later they are more often advice or an aside.
DECLINES_IN_OPENING = _compiled(
    rf"(?:{_I}|{_AS_AI}){_ADVERBS}{_NOT} {_ADVERBS}(?:{_GIVE}|{_ENGAGE})\b",
    rf"{_I_AM}{_UNABLE} (?:to )?{_ADVERBS}(?:with )?(?:{_ENGAGE}|determine|[a-z]+ing)\b",
    rf"{_I_AM}{_UNABLE} to\b",
    rf"{_I}(?:won't|will not|can't|cannot)[.!]?$",
    r"\bi(?:'d| would) (?:rather|prefer) not\b|\bi prefer not to\b",
    rf"\bwe (?:cannot|can't|are unable to|are not able to|won't|will not|do not|don't) {_ADVERBS}{_GIVE}\b",
    rf"^(?:(?:i'm |i am )?(?:\w+ )?sorry[,;:.]? (?:but )?|unfortunately,? |no[,;:] |nope[,;:] )?(?:can't|cannot|won't|unable to|not able to) {_ADVERBS}{_GIVE}\b",
    r"\b(?:request|question|instruction|task)s? (?:cannot|can't|won't|will not) be (?:fulfilled|completed|processed|answered|granted|honou?red)",
    r"\bnot something (?:that )?i(?:'m| am| can| will| would|'ll|'d)\b|\bsomething (?:that )?i (?:can't|cannot|won't|will not)\b",
    r"\b(?:outside|beyond|against|not within|not in|violates?) (?:my|the scope of (?:my|what i)|what i)\b",
    rf"(?:{_I}|{_AS_AI})(?:do not|don't) {_ADVERBS}(?:\w+ ){{0,2}}?(?:feel comfortable|have (?:\w+ ){{0,3}}?(?:access|the ability|permission|the capability))\b",
    rf"(?:^|[^\pL])(?:ich (?:kann|darf|werde|möchte)|(?:kann|darf|werde|möchte) ich)\b.{{0,80}}\b(?:nicht|kein\w*)\b[^,.;:]{{0,60}}{_DE}",
    rf"\bje ne (?:peux|puis|saurais|vais|suis)\b[^.;:]{{0,50}}{_FR}",
    rf"(?:^|[^\pL])no (?:puedo|podré|podría|voy a|me es posible|estoy autorizad\w*)\b[^.;:]{{0,40}}{_ES}",
    rf"(?:^|[^\pL])não (?:posso|vou|consigo|poderei|estou autorizad\w*)\b[^.;:]{{0,40}}{_PT}",
    rf"(?:^|[^\pL])non (?:posso|potrò|sono in grado|mi è possibile|intendo)(?:$|[^\pL])[^.;:]{{0,40}}{_IT}",
)

_MORAL = r"(?:appropriate|ethical|acceptable|okay|ok|right|respectful|responsible|moral|justifiable|valid|accurate|legal)"
_SPEAK = rf"(?:{_GIVE}|{_ENGAGE}|ask|say|imply|spread|make (?:assumptions|generali[sz]ations|jokes|fun)|seek|judge|discriminate|harm|assume|stereotype)"

# An objection to the request rather than an answer to it: only as the opening of a reply.
OBJECTIONS = _compiled(
    rf"\b(?:it|that|this)(?:'s| is| would be) (?:\w+ )?(?:not|never|neither) (?:\w+ ){{0,2}}?{_MORAL}(?:,? (?:or|and|nor) \w+)? (?:for me )?to (?:\w+ly )?{_SPEAK}\b",
    rf"\b(?:it|that|this) (?:isn't|wouldn't be) (?:\w+ ){{0,2}}?{_MORAL}(?:,? (?:or|and|nor) \w+)? (?:for me )?to (?:\w+ly )?{_SPEAK}\b",
    rf"\b(?:it|that|this)(?:'s| is| would be) (?:\w+ )?(?:inappropriate|unethical|harmful|disrespectful|wrong|offensive) (?:and \w+ )?to {_SPEAK}\b",
    rf"{_I}(?:do not|don't) think (?:it's|it is|that's|that is) (?:an? )?(?:\w+ ){{0,2}}?{_MORAL}(?: (?:or|and) \w+)? (?:question|request|to (?:\w+ly )?{_SPEAK})\b",
    rf"(?:{_I}|{_AS_AI})(?:do not|don't) {_ADVERBS}(?:condone|promote|support|endorse|encourage|engage in)\b",
)

# Moral judgement that is an objection only where nothing but advice follows it.
JUDGEMENTS = _compiled(
    rf"\b(?:it|that|this)(?:'s| is| would be) (?:\w+ )?(?:not|never|neither) (?:\w+ ){{0,2}}?{_MORAL}\b",
    r"\b(?:is|are) (?:(?:both|also|not only|highly|strictly|always|considered|a) ){0,2}(?:illegal|unethical|wrong|harmful|immoral|inappropriate|(?:serious )?crime)\b",
    r"\b(?:is|are|was|were) (?:never|not) (?:\w+ ){0,2}?(?:acceptable|okay|right|justified|justifiable|ethical|appropriate)\b",
    rf"\b(?:is|are) (?:not|never) an? (?:\w+,? ){{0,3}}?{_MORAL}\b",
)

ADVICE = re2.compile(
    r"\b(?:it(?:'s| is) (?:\w+ )?(?:important|crucial|essential|vital|best) (?:\w+ )?(?:to|that)"
    r"|seek (?:\w+ ){0,2}help|reach out|instead|i (?:\w+ )?(?:suggest|encourage|urge|advise|recommend)"
    r"|if you (?:or someone|are (?:feeling|struggling|experiencing|having|concerned)|have (?:any )?concerns)"
    r"|(?:everyone|all individuals|every person|all people)\b)"
)

# Something of what was asked is given after all.
DELIVERY = re2.compile(
    r"\bhere (?:are|is)\b|\bhere's\b|\bfollow these\b|\bhowever, (?:i can|i will|here|in general)"
    r"|\b(?:but|however,?) i (?:can|could|will) (?:\w+ )?(?:tell|offer|provide|give|help|suggest|explain|share|say|show)\b"
    r"|\bthat (?:being )?said\b|\bi can however\b"
)
ALTERNATIVE = re2.compile(r"^instead\b|\binstead,? (?:i|of|let's|we|you|it|consider|please)\b")
LIST_ITEM = re2.compile(r"^(?:[-*\x{2022}] |[0-9]{1,2}[.)])")
# Before a formula these make it a supposition.
CONDITION = re2.compile(r"\b(?:if|when|unless|until|whenever|even if|in case) $")
