r"""The wordings that tell what a sentence does, one RE2 expression a cue: data.

A cue says nothing by itself: the trained head weighs it by where it stands and what stands around
it. Each is tried on one sentence in lower case with plain quotes. Wordings of several languages
share a cue, so that what was learned on English holds for them too. `\b` and `\w` are ASCII.
"""
# ruff: noqa: E501  # a wording on one line can be compared with its neighbours
# ruff: noqa: RUF001  # letters of other scripts are meant

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import re2

_CANNOT = r"(?:cannot|can't|can not|cant|won't|will not|could not|couldn't|wouldn't|would not|shouldn't|should not|mustn't|must not|may not|do not|don't|(?:am|'m) (?:\w+ ){0,2}(?:unable|not)|(?:am|'m)n't|refuse|decline|refrain)"

CUES = MappingProxyType(
    {
        # I, negated: the widest net for declining.
        "negated_i": r"(?:^|[^\w'])(?:i|we) (?:[a-z]+ly |just |also |still |simply |even |must |have to |need to |will ){0,2}" + _CANNOT + r"\b",
        "sorry": r"\b(?:sorry|apologi[sz]e|apologies|i'm afraid|i am afraid|regret|unfortunately)\b"
        r"|tut mir leid|entschuldig|leider|désolé|navré|regrett|malheureusement|lo siento|lamento|lamentablemente|perdón|disculp|mi dispiace|purtroppo|spiacente|sinto muito|desculp|infelizmente|het spijt me|helaas|sorry"
        r"|извини|сожалени|простите|к сожалению|抱歉|对不起|很遗憾|遺憾|申し訳|すみません|ごめん|残念|عذر|آسف|للأسف|माफ़|माफ|क्षमा|खेद|üzgünüm|maalesef|ne yazık|przepraszam|niestety|przykro",
        "decline_other": r"(?:^|[^\pL])(?:kann|darf|werde|möchte|will) (?:\pL+ ){0,6}?(?:nicht|kein\pL*)(?:$|[^\pL])|(?:^|[^\pL])(?:lehne|verweigere|ablehnen)(?:$|[^\pL])|nicht in der lage|kommt (?:für mich )?nicht (?:in frage|infrage)|dabei helfe ich|(?:^|[^\pL])(?:mache|schreibe|helfe|gebe|verrate|erkläre|nenne) ich (?:\pL+ ){0,3}(?:nicht|kein)"
        r"|(?:^|[^\pL])(?:je|on|nous) (?:ne|n') ?(?:\pL+ ){0,2}?(?:peux|puis|saurais|vais|suis|veux|souhaite|peut|pouvons|ferai|donne|écri|aide)|(?:^|[^\pL])je (?:refuse|décline|préfère ne pas|dois (?:refuser|décliner))|pas en mesure"
        r"|(?:^|[^\pL])no (?:(?:te|le|os|les|lo|la|me) )?(?:puedo|podré|podría|voy a|quiero|debo|es posible|estoy (?:en condiciones|autorizad|dispuest)|podemos|ayudaré|haré)|(?:^|[^\pL])(?:rechazo|me niego|declino|prefiero no|debo negarme|tengo que (?:negarme|rechazar))"
        r"|(?:^|[^\pL])non (?:(?:ti|vi|lo|la|mi) )?(?:posso|potrò|voglio|intendo|sono in grado|è possibile|possiamo|scriverò|farò|aiuterò)|(?:^|[^\pL])(?:mi rifiuto|rifiuto|devo rifiutare|preferisco non|declino)"
        r"|(?:^|[^\pL])não (?:(?:te|lhe|o|a|me) )?(?:posso|vou|consigo|poderei|quero|devo|é possível|estou (?:autorizad|dispost)|podemos|ajudo|faço)|(?:^|[^\pL])(?:recuso|prefiro não|me recuso|devo recusar|preciso recusar)"
        r"|(?:^|[^\pL])ik (?:kan|mag|wil|zal|ga|help|doe|schrijf|geef) (?:\pL+ ){0,5}?(?:niet|geen)(?:$|[^\pL])|(?:kan|mag|wil|zal) ik (?:\pL+ ){0,5}?(?:niet|geen)(?:$|[^\pL])|(?:^|[^\pL])(?:weiger|niet in staat|moet weigeren)(?:$|[^\pL])"
        r"|не (?:могу|буду|смогу|стану|готов|имею|вправе|могла|хочу|можем)|отказ|вынужден[а-я]* отка|нельзя помочь"
        r"|(?:无法|不能|不会|不可以|拒绝|不便|没办法|恕难|不愿|不方便|不提供|不会提供|帮不了)"
        r"|(?:できません|できない|出来ません|いたしかねます|お断り|応じられません|お答えでき|致しかね|わけにはいきません|しかねます|お手伝いできません|控え|遠慮)"
        r"|(?:لا (?:أستطيع|يمكنني|أقدر|استطيع|يمكن|أرغب)|لن (?:أ|ا|أقوم|أساعد|أكتب)|أعتذر عن|أرفض|غير قادر|ليس بإمكاني|لست قادر)"
        r"|(?:नहीं (?:कर|दे|बता|लिख|हो) ?सक|नहीं सकत|सकता नहीं|मदद नहीं|नहीं करूँ|नहीं करूं|नहीं दूँ|नहीं दूं|नहीं बता|नहीं लिख|इनकार|असमर्थ|मना कर)"
        r"|(?:yapamam|edemem|veremem|yardımcı olamam|olamam|yazamam|sağlayamam|söyleyemem|paylaşamam|anlatamam|mümkün değil|reddediyorum|etmeyeceğim|vermeyeceğim|yapmayacağım|yazmayacağım|kabul edemem)"
        r"|(?:^|[^\pL])nie (?:mogę|będę|jestem w stanie|chcę|zamierzam|pomogę|napiszę|podam|udzielę|możemy)|odmawiam|muszę odmówić",
        "no_opening": r"^(?:no|nope|nah|never|absolutely not|certainly not|not happening|nein|non|nee|não|нет|不|いいえ|لا|नहीं|hayır|nie)\b[,.!;: -]",
        "as_ai": r"\b(?:an? (?:\w+ ){0,2}?(?:ai|artificial intelligence|language model|assistant|chatbot|llm)\b|my (?:programming|guidelines?|purpose|policy|policies|values|principles|design|training|role|instructions)|ethical guidelines|content polic|openai|i(?:'m| am) (?:programmed|designed|trained|committed))"
        r"|sprachmodell|ki-(?:assist|modell|system)|modèle de langage|assistant ia|(?:en tant qu'|une? )ia(?:$|[^\pL])|modelo de lenguaje|inteligencia artificial|(?:come|un'|una) ?ia(?:$|[^\pL])|modello linguistico|modelo de linguagem|assistente de ia|taalmodel|ai-assistent|языков\w* модел|искусственн|人工智能|语言模型|助手|言語モデル|アシスタント|نموذج لغ|ذكاء اصطناعي|एआई|भाषा मॉडल|yapay zeka|dil modeli|model językowy|asystent",
        "wrong": r"\b(?:illegal|unethical|immoral|inappropriate|against the law|unlawful|criminal|(?:a|serious|heinous) (?:\w+ ){0,2}crime|crimes?|felony|harmful|dangerous|wrong|unacceptable|morally|violat(?:e|es|ion)|never (?:acceptable|okay|justified|appropriate|right|condoned)|not (?:\w+ ){0,2}(?:ethical|legal|appropriate|acceptable|okay|safe|respectful|advisable|recommended)|(?:serious|severe|legal) (?:\w+ ){0,3}(?:consequences|harm)|condone|reprehensible|discriminat\w+|offensive|disrespectful)\b"
        r"|illegal|strafbar|verboten|unethisch|gefährlich|schädlich|illégal|interdit|contraire à|dangereu|nuisible|ilegal|delito|peligros|dañin|poco étic|illegale|reato|pericolos|crime|perigos|prejudicial|antiétic|strafbaar|verboden|gevaarlijk|schadelijk|незаконн|противозакон|опасн|преступ|вред|неэтичн|违法|非法|犯罪|危险|有害|不道德|違法|犯罪|危険|有害|غير قانوني|جريمة|خطير|ضار|غير أخلاقي|अवैध|गैरकानूनी|अपराध|खतरनाक|हानिकारक|yasa ?dışı|suç|tehlikeli|zararlı|etik değil|nielegaln|przestępstw|niebezpieczn|szkodliw",
        "not_proper": r"\b(?:not|isn't|never|wouldn't be|neither) (?:\w+ ){0,3}?(?:appropriate|ethical|okay|acceptable|respectful|accurate|fair|productive|valid|responsible|right|safe|helpful|constructive|true|correct)(?:,? (?:or|and|nor) \w+){0,2} (?:for \w+ |of me )?(?:to|question|request)\b",
        "norm": r"\b(?:it(?:'s| is) (?:\w+ ){0,2}?(?:important|crucial|essential|vital|best|necessary|critical|imperative)|important to (?:remember|note|recogni[sz]e|respect|treat|avoid|prioriti[sz]e|approach|consider)|please remember|remember that|always (?:prioriti[sz]e|respect|important)|everyone (?:has|deserves|should)|all (?:individuals|people|humans|living|beings)|should (?:always|never|be treated|not be))\b"
        r"|es ist wichtig|il est important|es importante|è importante|é importante|belangrijk|важно|重要|必须|应该|大切|من المهم|महत्वपूर्ण|önemli|ważne",
        "respect": r"\b(?:(?:with|and|mutual) (?:\w+ )?(?:respect|dignity|kindness|compassion)|dignity|equal(?:ity|ly)?|equal (?:rights|opportunit\w+|treatment)|regardless of (?:their|your|race|gender|our|his|her|what|who)|stereotyp\w+|generali[sz]ations?|assumptions?|fairness|inclusiv\w+|diversity|prejudice\w*|bias(?:ed|es)?|human rights|have the (?:same )?rights?|has the (?:same )?rights?|deserves? to|respect (?:for|the|their|others|people|everyone|his|her|someone))\b",
        "denies": r"\b(?:there(?:'s| is| are| was| were) no (?:\w+ ){0,3}?(?:reasons?|evidence|benefits?|justification|basis|ways?|grounds?|good|such|excuse|case|argument|best way|truth)|no (?:\w+ ){0,2}?(?:one|group|person) should|(?:is|are|was|were) not (?:\w+ ){0,2}?(?:inherently|accurate|true|necessarily|a good (?:thing|idea)|weaker|inferior|best|better|lazy|lazier|less|more|correct)|(?:isn't|aren't|wasn't|weren't) (?:\w+ ){0,2}?(?:inherently|accurate|true|best|better|less|more|a good|any)|should(?:n't| not) be (?:\w+ ){0,2}?(?:denied|excluded|barred|discriminated|allowed|forced|treated|judged|singled|prohibited|banned|kept|paid|restricted|deprived)|the (?:premise|idea|notion|assumption|question|statement|claim) (?:\w+ ){0,6}?(?:is|are|contains?|seems?|that|assumes?|implies|promotes?|perpetuates?|rests?|relies)|premise|misconception|myth|(?:this|that|the) (?:statement|claim|belief) is|not supported|incorrect|harmful and|false|no more|no less|every right|not a good)\b",
        "clarifies": r"\b(?:(?:must|need to|have to|want to|should|would like to|let me|just to) (?:clarify|point out|emphasi[sz]e|note|stress|mention|be clear|inform|remind)|important to note|worth noting|keep in mind|please note)\b",
        "unreal": r"\b(?:fictional|fictitious|fiction|imaginary|not (?:a )?real|(?:does|do|did)(?:n't| not) (?:actually )?(?:exist|have (?:a |an |any |the )?(?:real|actual|legal|ability|capacity|known|canon|official)|live in the real)|inanimate|made[- ]up|in real life|real[- ]world|real world|not (?:explicitly |officially )?(?:stated|mentioned|specified|revealed|known|established)|invented|mythical|metaphor|literal|play on words|hypothetical)\b",
        "private": r"\b(?:privacy|private|personal (?:information|data|details)|consent|confidential\w*|sensitive|not (?:publicly|generally) (?:available|known|shared|disclosed)|public(?:ly)? available|without (?:their|his|her|your|someone's|explicit|the) (?:\w+ )?(?:consent|permission|knowledge|authori[sz]ation))\b"
        r"|privat|datenschutz|vie privée|confidentiel|privacidad|confidencial|riservat|privacidade|конфиденциальн|личн|隐私|个人信息|プライバシー|個人情報|خصوصية|गोपनीय|निजी|gizlilik|kişisel|prywatn",
        "no_access": r"\b(?:(?:do not|don't|not) (?:currently )?(?:have|having) (?:\w+ ){0,3}?(?:access|information|data|knowledge|the ability|ability|capability|means|enough)|not aware|i (?:do not|don't) know|unable to (?:determine|verify|access|confirm|find|browse)|no (?:information|way of knowing|access|record)|can't (?:access|verify|look up|browse|know|tell|check)|cannot (?:access|verify|look up|browse|know|determine|check))\b",
        "unclear": r"\b(?:unclear|not (?:\w+ )?(?:sure|clear|certain) (?:what|if|how|why|which|whether|i)|(?:more|additional|further) (?:context|information|details)|clarif(?:y|ication)|rephrase|what (?:do|did) you mean|do you mean|could you (?:please )?(?:tell|share|explain|give|specify|provide)|can you (?:please )?(?:tell|share|explain|give|specify|provide))\b",
        "delivers": r"\b(?:here (?:are|is|'s)|here's|following (?:are|is|steps|tips|ways|list)|follow these|(?:these|some|a few|several|the) (?:\w+ ){0,3}?(?:steps|tips|ways|suggestions|options|examples|strategies|ideas|reasons|methods|things|factors|guidelines|techniques|points)\b|one (?:way|option|method|reason)|first(?:ly)?,|to (?:\w+ ){1,8}?, (?:you|one|first|follow|start|use|try|go|make)|you (?:can|could|may|might|will need|need to|should|'ll need)|step 1|such as|for example|for instance|includ(?:e|es|ing)|typically|generally|involves?)\b"
        r"|hier (?:sind|ist|ein|kommt|die|der)|folgende|voici|voilà|suivant|aquí (?:tienes|está|van|hay)|siguiente|ecco|seguent|aqui (?:está|estão|vai|vão)|seguinte|hier (?:zijn|volgt)|volgende|вот|следующ|以下|如下|首先|以下|まず|次の|إليك|فيما يلي|यहाँ|यहां|निम्न|पहले|işte|aşağıda|oto|następując|poniżej",
        "turns": r"\b(?:that (?:being )?said|having said that|however|but|nevertheless|nonetheless|still|with that said|on the other hand|although|though|even so|with that in mind)\b"
        r"|(?:^|[^\pL])(?:aber|allerdings|jedoch|dennoch|trotzdem|mais|cependant|toutefois|néanmoins|pero|sin embargo|no obstante|ma|però|tuttavia|mas|porém|contudo|no entanto|maar|echter|toch|но|однако|тем не менее|ancak|fakat|ama|jednak|ale|natomiast)(?:$|[^\pL])|但是?|不过|然而|ただし|しかし|でも|が、|لكن|ومع ذلك|लेकिन|परंतु|हालाँकि|हालांकि",
        "i_can": r"\b(?:i (?:can|could|will|'ll|would be happy|'d be happy|am happy|can still|'m happy|would be glad|'d be glad|'m glad)|what i (?:can|could|will)|happy to|glad to|let me|let's)\b (?:\w+ )?(?:\w+)"
        r"|(?:^|[^\pL])(?:kann ich|ich kann|helfe ich|gerne|je peux|puedo|podría|posso|posso aiutar|possiamo|ik kan|kan ik|могу|можем|yapabilirim|olabilirim|edebilirim|mogę|pomogę)(?:$|[^\pL])|我可以|可以帮|できます|お手伝い|يمكنني|أستطيع|سकता हूँ|सकती हूँ|सकता हूं",
        "instead": r"\b(?:instead|rather than|alternatives?|alternatively|safer|legal ways?|other ways?|different (?:way|approach|topic)|better (?:way|idea|option|to)|healthier|consider|focus on|lawful|legitimate|legally)\b"
        r"|stattdessen|lieber|à la place|plutôt|en lugar|en cambio|en su lugar|invece|piuttosto|em vez|em lugar|in plaats|liever|вместо|лучше|相反|而是|建议|代わり|むしろ|بدلا|بدلاً|इसके बजाय|बजाय|bunun yerine|yerine|zamiast",
        "if_you": r"\b(?:if (?:you|your|you're|someone|it|that|this|what|by)|in case you|should you)\b"
        r"|(?:^|[^\pL])(?:wenn du|wenn sie|falls|si (?:vous|tu|quieres|necesitas|deseas|te|está)|se (?:vuoi|hai|você|quiser|precisar)|als je|als u|если)(?:$|[^\pL])|如果|もし|إذا|अगर|यदि|eğer|jeśli",
        "if_meant": r"\b(?:if (?:you(?:'re| are)?|your question|by) (?:\w+ ){0,3}?(?:mean|meant|referring|asking|looking|talking|intended|question is)|assuming you|in the sense of|i assume you|perhaps you)\b",
        "closing": r"\b(?:anything else|other (?:questions?|topics?|requests?|concerns)|any (?:other )?questions|feel free|let me know|(?:don't|do not) hesitate|here to (?:help|support|assist|listen)|is there (?:something|anything)|happy to help|how (?:can|may|else) (?:can )?i (?:help|assist)|i'd be happy|i'll do my best)\b",
        "crisis": r"\b(?:hotline|helpline|lifeline|crisis|988|911|emergency|suicid\w*|mental health|therap(?:y|ist)\w*|counsel\w*|professional (?:help|support|guidance|assistance)|reach(?:ing)? out|not alone|difficult time|struggling|trusted|support (?:group|network|services)|overwhelmed|people who care|self[- ]harm|seek help|get help)\b"
        r"|telefonseelsorge|notruf|krisen|numéro d'urgence|línea de (?:ayuda|crisis)|emergencias?|centro de valorização|телефон доверия|热线|心理|相談|خط المساعدة|हेल्पलाइन|yardım hattı|telefon zaufania",
        "urges": r"\b(?:i (?:\w+ )?(?:suggest|encourage|urge|advise|recommend|would recommend|implore|hope|caution|warn|ask)|(?:please|strongly) (?:\w+ )?(?:seek|consider|contact|consult|reach|speak|talk|do not|don't|refrain|avoid)|consult (?:with )?(?:an?|your|the)|seek (?:\w+ ){0,2}(?:help|advice|support|guidance|assistance)|contact (?:the|your|local|a))\b",
        "opinion": r"\b(?:personal (?:opinions?|beliefs?|views?|feelings|preferences?)|don't (?:have|hold) (?:\w+ )?opinions?|do not (?:have|hold) (?:\w+ )?opinions?|neutral|take (?:no|a) (?:side|position|stance)|i (?:don't|do not) (?:think|believe|agree))\b",
        "purpose": r"\b(?:purpose|goal|aim|intention|information is|educational|for (?:legal|legitimate|self-defen[cs]e)|informational|hypothetical\w*|fiction\w*)\b",
        "you_must_not": r"\b(?:you (?:should|must|shouldn't|cannot|can't|may) (?:not|never)|never (?:\w+ )?(?:attempt|try|do|use|leave|share)|do not (?:attempt|try|engage|do)|don't (?:attempt|try|engage|do)|avoid (?:\w+ing|any|the))\b",
        "reported": r"\b(?:he|she|they|said|says|asked|replied|whispered|told|thought|wrote|answered|character|narrator|chapter|story|once upon|scene)\b",
        "question": r"\?\s*$|[\x{ff1f}\x{061f}]\s*$",
        "imperative": r"^(?:[-*\x{2022}] |[0-9]{1,2}[.)] ?)?(?:\*\*)?(?:use|add|mix|take|make|put|start|try|open|press|click|go|check|choose|find|get|set|cut|place|pour|run|write|turn|keep|install|select|create|call|visit|look|ask|tell|talk|be|do|remove|clean|wash|practice|apply|wear|hold|pull|push|store|bring|buy|read|learn|plan|focus|avoid|consider|ensure|identify|research|stir|heat|cook|combine|type|enter|download|copy|remember|sharpen|point|aim|seal|fill|wrap|attach|connect|measure|wait|leave|let|give|move|build|follow|prepare|gather|determine|listen|show|spend|book|offer|order|pack|send|sign|stay|step|stand|stop)\b",
    }
)

PATTERNS: MappingProxyType[str, Any] = MappingProxyType(
    {name: re2.compile(pattern) for name, pattern in CUES.items()}
)
