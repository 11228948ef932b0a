"""Words that make an instruction of a sentence: verbs that begin one, and who is spoken of."""

from __future__ import annotations

_VERBS = """
accept accompany acknowledge act adapt add address adhere adjust adopt aim align allow alternate
analyse analyze annotate answer anticipate append apply approach ascertain ask assess assign assist
assume attach attempt avoid await balance base be become begin behave beware break browse build
calculate call capitalise capitalize carry categorize cater cease challenge change check choose cite
clarify classify close coach collect combine comment communicate compare compile complete comply
compose compute concentrate conclude conduct confirm consider construct consult contact continue
contrast convert convey copy correct cover craft create critique decide decline decorate default
defer define deliver demonstrate derive describe detail determine develop devise differentiate
direct discourage discuss display disregard distinguish divide double-check draft draw educate
elaborate elicit eliminate embed embody embrace emphasise emphasize employ emulate enclose encourage
end enforce engage enhance enquire enrich ensure entertain escalate establish estimate evaluate
evolve examine exclude execute exhibit exit expand explain explore express extend extract facilitate
favor favour fetch fill filter finish fix flag focus follow format formulate forward foster gather
gauge generate get give go greet ground group guarantee guide handle help hide highlight hold honor
honour identify ignore illustrate imagine imitate implement improve include incorporate indicate
infer inform infuse initiate inquire insert inspect integrate interact interpret interview introduce
investigate invite invoke iterate judge justify keep label lead lean leave let leverage limit link
list listen locate look maintain make map mark match mention mimic mind minimise minimize mirror mix
moderate modify monitor motivate narrate navigate negotiate note notify nudge number obey observe
offer omit open optimise optimize organise organize outline output paint paraphrase pause perform
permit personalise personalize phrase pick place plan play portray post praise predict preface
prefer prefix prepend present preserve pretend prevent prioritise prioritize proceed process produce
prohibit promote prompt proofread propose protect provide pull push put question quiz quote raise
rank rate read reassure recall recap recommend redirect reduce refer reference refine reflect
refrain refuse reiterate reject release rely remain remember remind remove render repeat rephrase
replace reply report represent request require research reserve resist resolve respect respond
restate restrict retain return reveal review revise rewrite role-play roleplay run save say scan
schedule search secure seek select send separate set shape share shorten show sign simplify simulate
sing sketch skip solve sort speak specify spell spend split start state stay steer stick stop store
stress strive structure style submit substitute suggest summarise summarize supply support surprise
sustain swap switch synthesize tackle tailor take talk teach tell test thank think tie track
transform translate treat trust try turn update uphold use utilise utilize validate vary verify
visualize wait walk warn weave weigh welcome work wrap write
"""
VERBS = frozenset(_VERBS.split())
"""Verbs in the form that begins an instruction."""

_ADVERBS = """
please always also only just then first next finally now again simply kindly really
instead generally usually strictly absolutely fully politely directly carefully briefly
gently clearly immediately and but so or important importantly remember ever
additionally furthermore moreover similarly likewise lastly second third otherwise
"""
ADVERBS = frozenset(_ADVERBS.split())
"""Words that may stand before the verb of an instruction."""

_NOUN_AFTER = "is are was were of has have had"
NOUN_AFTER = frozenset(_NOUN_AFTER.split())
"""After these a word of VERBS at the start was a noun: `Focus is on …`, `Order of …`."""

SPOKEN_OF = (
    r"(?:you(?: guys)?|it|(?:the|this|our|your) (?:ai |chat |virtual |language )?"
    r"(?:assistant|model|bot|chatbot|gpt|ai|agent|system|program)|chatgpt|gpt|assistant)"
)
"""Whom an instruction speaks of, as a pattern."""

THINGS_SAID = (
    r"(?:(?:all|any|each|every|no)(?: of)? )?(?:your|the|its|this|these|each|every|all)?\s?"
    r"(?:[a-z-]{1,20} )?"
    r"(?:responses?|repl(?:y|ies)|answers?|outputs?|messages?|explanations?|summar(?:y|ies)|"
    r"titles?|paragraphs?|sentences?|sections?|descriptions?)"
)
"""What an instruction on the form of the answer speaks of."""
