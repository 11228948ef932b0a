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

_NOT_GOING = r"(?:won't|will not|(?:am|'m) not (?:going to|gonna))"
_WH = r"(?:what|which|who|whom|whose|whether|where|when|how|if|why)"
# What follows an honest limit when the answer follows too.
_ANSWER = (
    r"(?:but|though|yet|however),? (?:the|it|it's|its|they|there|that|this|these|most|many|an?|my|as of"
    r"|in|on|from|for|by|at|based|according|usually|typically|generally|often|here|he|she|we)\b"
)

# First of all: words that look like a refusal and are none. They are taken out of the sentence.
HARMLESS = _compiled(
    r"\b(?:can't|cannot|can not|couldn't) (?:\w+ )?(?:recommend|praise|stress|emphasi[sz]e|thank|overstate|say|repeat|describe|express|explain)\b.{0,120}\benough\b",
    r"\bcould(?:n't| not) agree more\b",
    r"\b(?:wouldn't|would not) (?:\w+ly )?(?:recommend|advise|suggest|do (?:that|this|it) (?:before|without|until|unless))\b",
    r"\b(?:can't|cannot|couldn't|could not) help (?:but|\w+ing|myself|it)\b",
    r"\b(?:can't|cannot) (?:tell you|describe|express|explain|say) how (?:much|happy|glad|grateful|excited|proud|sorry|many|often)\b",
    r"\b(?:can't|cannot) (?:make (?:sense|out|it|up)|give up|recommend (?:\w+ ){0,6}(?:highly|strongly) enough)\b",
    r"\b(?:can't|cannot|couldn't) (?:\w+ly )?(?:say|claim|pretend) (?:that )?(?:i|i'm|i've)\b",
    r"\bi (?:can't|cannot|couldn't) (?:\w+ly )?(?:wait|believe|imagine|think|remember|recall|see|hear|feel|find|spot|understand|complain|deny|dispute|disagree|argue|blame|fault|resist|lie|sleep|stop|decide|quite|speak for|thank|wish|be (?:sure|certain|positive|more|too|the only))\b",
    r"\bi (?:can't|cannot) (?:\w+ )?(?:promise|guarantee|rule out|vouch|know|verify|check|tell (?:for sure|for certain|exactly|from|if|whether)|say (?:for sure|for certain|exactly|with certainty))\b",
    rf"{_I}(?:(?:cannot|can't|(?:am|'m) (?:not able|unable) to) (?:\w+ly )?(?:verify|check|confirm|access|look|know|say|tell|be|give (?:you )?an?)|(?:do not|don't) have|have no)\b[^.;:]{{0,80}}, {_ANSWER}",
    rf"\b(?:{_NOT_GOING}) (?:lie|sugar-?coat|deny|argue with|bore|keep you|beat around|hold (?:it|that) against|judge|mind|need|have to|forget|miss|hesitate|dwell|let you down|stop|give up|leave you|be (?:long|late|offended|upset|sad|surprised)|take (?:long|much|up)|pretend (?:that|it|this|there|otherwise|to (?:know|be sure)))\b",
    r"\b(?:do not|don't) (?:think|know|see|mean|want|like|recommend|mind|need|believe)\b",
    r"\bi (?:can't|cannot|won't|will not) (?:\w+ly )?(?:agree with|overstate|improve|change|charge|touch|use|call (?:it|this|that|him|her|them)|go (?:on|back|home|out)|eat|taste|smell|breathe|bear|face|stay|come|attend|move|tell (?:which|what|who|the difference|apart))\b",
    r"\bi (?:can't|cannot|won't|will not) be (?:home|there|here|back|at|in|on|away)\b|\bi (?:can't|cannot|won't|will not) .{1,60}\b(?:anymore|any more|any longer)\b",
    r"\b(?:rather|prefer|prefer to) not (?:to )?(?:misquote|mislead|misstate|get (?:it|this|that) wrong)\b",
    r"^(?://|/\*|# |<!--|-- ).*",  # a comment in code
)

# Of these the ones that are never anything else: sayings.
IDIOMS = _compiled(
    r"\b(?:can't|cannot|can not|couldn't) (?:\w+ )?(?:recommend|praise|stress|emphasi[sz]e|thank|overstate|say|repeat|describe|express|explain)\b.{0,120}\benough\b",
    r"\bcould(?:n't| not) agree more\b",
    r"\b(?:can't|cannot|couldn't|could not) help (?:but|\w+ing|myself|it)\b",
    r"\b(?:can't|cannot) (?:tell you|describe|express|explain|say) how (?:much|happy|glad|grateful|excited|proud|sorry)\b",
    r"\bi (?:can't|cannot|couldn't) (?:\w+ly )?(?:wait|believe|complain|blame|fault|resist|wish|thank|deny|decide|stop (?:thinking|laughing|smiling))\b",
    r"\bi (?:can't|cannot|couldn't) (?:\w+ly )?(?:see|spot|find) (?:an?|any) (?:\w+ ){0,2}?(?:mistake|error|fault|problem|bug|difference|reason not)",
    r"\bi (?:can't|cannot) (?:\w+ly )?think of (?:an?|any|many|one) (?:better|other|nicer)\b",
    r"\bi (?:can't|cannot) say (?:that )?i (?:agree|disagree|blame|mind|miss|care|know|like)\b",
    rf"\b{_NOT_GOING} (?:lie|sugar-?coat|bore|beat around|keep you|pretend otherwise)\b(?: (?:it|you|to you|the bush))?",
    r"\bi(?:'m| am) not (?:saying|claiming|suggesting)\b|\bi have no doubts?\b|\bi can only imagine\b",
    r"\b(?:if|when|unless) i (?:can't|cannot|don't) (?:\w+ ){1,2}you\b",
    r"\bno puedo (?:creer|esperar|dejar de|evitar|parar)|\bich kann (?:es kaum|nicht (?:klagen|genug)|(?:\pL+ ){1,3}gar nicht genug)|\bje ne peux que\b|\bnon vedo l'ora\b|\bmal posso esperar\b",
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
    rf"\bi(?:'ll have to| {_ADVERBS}(?:must|have to|need to|will have to|am going to)) {_ADVERBS}(?:decline|refuse|pass on|say no)\b",
    rf"{_I}{_ADVERBS}(?:decline|refuse)\b",
    rf"{_I_AM}not {_ADVERBS}(?:going to (?:do|help)|(?:doing|helping (?:you )?with)) (?:that|this|so|it|any)\b",
)

# Softeners before the first clause that says something.
_SOFTENER = (
    r"(?:ah|oh|well|ha|hm+|okay|ok|right|look|listen|honestly|unfortunately|sadly|regrettably|no|nope|nah"
    r"|sorry|(?:i am|i'm) (?:\w+ )?(?:sorry|afraid)(?: that)?|i apologi[sz]e|my apologies|hello|hi|hey"
    r"|thanks?(?: you)?(?: for [\w ]{1,40})?|as an? [^,.;:]{1,60}|(?:since|because|given|while|although) [^,.;:]{1,60},|(?:that|it|this)(?:'s| is) [^,.;:]{1,40}[,;:])"
)
_START = rf"^(?:[-*>_]+ ?)?(?:{_SOFTENER}[,;: ]+){{0,3}}(?:(?:but|and|so|still|however),? )?"

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
    r"(?:\bnot|n't) (?:some|any)thing (?:that )?i(?:'m| am| can| will| would|'ll|'d)\b",
    r"\b(?:something|an? (?:[a-z-]+ ){0,2}[a-z]+) (?:that |which )?i (?:(?:can't|cannot|won't|will not) [a-z]|(?:do not|don't) (?:discuss|do|write|share|touch|talk about))",
    r"(?:\b(?:is|are|be|go|goes|going|fall|falls|falling|lies|that|it)|'s) (?:\w+ )?(?:outside|beyond|against|not within|not in) my\b|\bviolates? my\b",
    r"\b(?:outside|beyond|against|not within|not in|violates?) (?:the scope of (?:my|what i)|what i)\b",
    rf"(?:{_I}|{_AS_AI})(?:do not|don't) {_ADVERBS}(?:\w+ ){{0,2}}?(?:feel comfortable|have (?:\w+ ){{0,3}}?(?:access|ability|permission|capability|authority|authorization|means to|(?:way|tools?) (?:to|for|of)))\b",
    r"(?:^|[,;:] |\b(?:and|but|so) )i (?:currently |really |simply )?have no (?:\w+ )?(?:way|means|ability|access|permission|tools?|authority|capability|possibility) (?:to|of|for)\b",
    rf"(?:{_I}|{_AS_AI})(?:can't|cannot|won't|will not) {_ADVERBS}(?:say (?:{_WH}|anything|more|that)\b|print|quote|name|reproduce|point you|put you|flirt|set|test|play|sell|sign|search|imitate|read out|hand (?:out|over)|walk through|spell out|take part|join|touch)\b",
    r"\bi(?: can|'m| am) only (?:able to |allowed to |permitted to |here (?:to|for) |set up (?:to|for) )?(?:help|assist|talk|chat|discuss|answer (?:questions|about)|respond|support|handle|deal with|cover)\b|^i only (?:help|assist|talk|chat|answer|discuss|handle|cover)\b",
    r"\bi(?:'ll| will|'m going to| am going to|'m gonna|'d rather|'d like to) (?:have to )?(?:pass(?:[.,!;]|$| on (?:that|this|it|the|your)\b)|sit this|say no|bow out)",
    r"\bi(?: have| need|'ll have|'m going| will have) to (?:stop (?:you )?(?:here|there))\b|\b(?:it|that)(?:'s| is) a (?:\w+ )?no from me\b",
    r"\bi(?: was|'ve been| have been|'m| am) (?:\w+ )?(?:told|asked|instructed|ordered) not to\b|\bi'm afraid (?:not|that's not)\b|\bi (?:do not|don't) think i (?:can|should|will)\b",
    r"\bi(?:'m| am) not (?:\w+ )?the right (?:\w+ )?(?:for|to)\b|\byou (?:won't|will not) (?:get|hear|have|see) .{1,60} from me\b",
    r"\bmy (?:\w+ ){1,3}(?:(?:is|are) (?:\w+ )?confidential|(?:stays?|remains?) (?:\w+ )?(?:confidential|private|secret))\b|\boff[- ]limits (?:for me|here)\b|\bi(?:'ll| will)? keep (?:that|this|it|those|them) to myself\b",
    r"\bi(?:'m| am) not (?:\w+ly )?(?:doing|writing|playing|sharing|giving|printing|making|telling|answering|discussing|joining|helping|sending) (?:you|that|this|it|any|your|the|an?)\b",
    r"\bi(?:'m| am) (?:here only|only here|limited) (?:for|to)\b|\bmy role (?:here )?is limited to\b|\bi (?:do not|don't) feel (?:right|good|ok|okay) about (?:[a-z]+ing)\b",
    r"(?:\bnot|n't) something (?:that )?we(?:'ll| can| will| do)\b|\bthere(?:'s| is) nothing i can do\b|\b(?:that|this|it)(?:'s| is) (?:not going to happen|off the table)\b|\b(?:prefer|rather|like) to leave (?:that|this|it)\b|\blet's leave (?:that|this|it) (?:\w+ )?alone\b|\bdrawing the line\b",
    r"^(?:no can do|not happening|hard pass|no way|absolutely not|let's not(?: (?:go there|do (?:that|this|it)))?)[.!,]?$",
    rf"(?:^|[^\pL])(?:ich (?:kann|darf|werde|möchte)|(?:kann|darf|werde|möchte) ich)\b.{{0,80}}\b(?:nicht|kein\w*)\b[^,.;:]{{0,60}}{_DE}",
    rf"\bje ne (?:peux|puis|saurais|vais|suis)\b[^.;:]{{0,50}}{_FR}",
    rf"(?:^|[^\pL])no (?:puedo|podré|podría|voy a|me es posible|estoy autorizad\w*)\b[^.;:]{{0,40}}{_ES}",
    rf"(?:^|[^\pL])não (?:posso|vou|consigo|poderei|estou autorizad\w*)\b[^.;:]{{0,40}}{_PT}",
    rf"(?:^|[^\pL])non (?:posso|potrò|sono in grado|mi è possibile|intendo)(?:$|[^\pL])[^.;:]{{0,40}}{_IT}",
)

_MORAL = r"(?:appropriate|ethical|acceptable|okay|ok|right|respectful|responsible|moral|justifiable|valid|accurate|legal)"
_SPEAK = rf"(?:{_GIVE}|{_ENGAGE}|ask|say|imply|spread|make (?:assumptions|generali[sz]ations|jokes|fun)|seek|judge|discriminate|harm|assume|stereotype)"

# These decline as the first thing said: any verb will do there.
DECLINES_AT_FIRST = _compiled(
    rf"{_START}i (?:can't|cannot|won't|will not) {_ADVERBS}[a-z]",
    rf"{_START}i (?:do not|don't) {_ADVERBS}(?:do|write|give|share|play|discuss|disclose|reveal|take (?:orders|instructions|part)|quote|hand out|help|print|post|send|sell)\b",
    rf"{_START}i(?:'m| am) (?:only )?set up for .{{1,80}}, so\b",
)
# A whole sentence that declines where an offer, or nothing, follows; else it answers a question.
BARE_NO = re2.compile(
    r"^(?:(?:i'm |i am )?(?:\w+ )?sorry|no|nope|nah)[,;.]? (?:but )?(?:no|nope|not? today)[.!]?$"
)
OFFER = re2.compile(
    r"^(?:but |however,? |maybe |perhaps )?(?:i|i'd|i'll|i'm|let's|let|how|what|instead|please|try|ask)\b"
)

# An objection to the request rather than an answer to it: only as the opening of a reply.
OBJECTIONS = _compiled(
    r"^(?:this|that|your|the) (?:\w+ )?(?:request|question|topic|instruction) (?:is|seems) (?:\w+ )?(?:inappropriate|improper|unacceptable|not (?:appropriate|acceptable|suitable|allowed|permitted))\b",
    r"^(?:this|that)(?:'s| is) (?:an? )?(?:\w+ ){0,3}(?:topic|subject|request|question) that (?:isn't|is not) (?:\w+ )?(?:appropriate|suitable|acceptable|allowed)\b",
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
    r"|, but (?:the|it|it's|they) [^.;]{0,80}[0-9]"
    r"|, but (?:in general|generally|typically|usually|in most|most)\b"
)
ALTERNATIVE = re2.compile(r"^instead\b|\binstead,? (?:i|of|let's|we|you|it|consider|please)\b")
LIST_ITEM = re2.compile(r"^(?:[-*\x{2022}] |[0-9]{1,2}[.)])")
# Before a formula these make it a supposition, a reason or the words of someone else.
CONDITION = re2.compile(
    r"\b(?:if|when|unless|until|whenever|even if|in case|since|because) (?:[a-z'-]+ )?$"
    r"|\b(?:says|said|claims|claimed|replied|answered|wrote|thinks|thought|means|meant)(?: that)? $"
)
# Lines that someone else speaks: after a stage direction, or as a part in a script (two and more).
STAGE_LINE = re2.compile(r"(?m)^[ \t]*\*[^*\s][^*\n]{0,200}[^*:\s]\*[ \t]+[^\s*][^\n]*$")
SCRIPT_LINE = re2.compile(r"(?m)^[ \t]*\**([a-z][a-z .'-]{0,30}):\**[ \t][^\n]*$")
# Not even a character says this in a play.
OUT_OF_CHARACTER = re2.compile(r"\b(?:help|assist) (?:you )?with\b|\b(?:that|this|your) request\b")
# A sentence that only greets or thanks: what comes after it opens the reply.
GREETING = re2.compile(
    r"^(?:hello|hi|hey|greetings|welcome|good (?:morning|afternoon|evening|day)|(?:great|good|interesting|fair|nice) question"
    r"|(?:thanks|thank you)(?: (?:so|very) much| a lot)?(?: for [^.!?]{1,60})?|hallo|guten (?:tag|morgen|abend)|danke(?: für [^.!?]{1,40})?"
    r"|bonjour|bonsoir|salut|merci(?: pour [^.!?]{1,40})?|hola|buen[oa]s (?:d[ií]as|tardes|noches)|gracias(?: por [^.!?]{1,40})?|ciao|salve|buongiorno|grazie(?: per [^.!?]{1,40})?"
    r"|ol[aá]|oi|bom dia|boa (?:tarde|noite)|obrigad[oa](?: por [^.!?]{1,40})?|hoi|goedendag|hej|hejsan|tack|привет|здравствуйте|добрый день|привіт|вітаю|你好|您好|こんにちは|مرحبا|السلام عليكم|नमस्ते|merhaba|selam|cześć|dzień dobry|안녕하세요)"
    r"(?: [^ ]{1,20}){0,2}[ ,.!\x{2026}\x{3002}\x{ff01}-]*$"
)
