"""Mail and letters without delimiters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charter.policy.labels.pasted.heuristic import line_end

FIELD = (
    r"(?:From|To|Cc|Bcc|Subject|Date|Sent|Reply-To|Von|An|Betreff|Datum|Gesendet"
    r"|De|À|Objet|Envoyé|Asunto|Para): ?\S"
)
SALUTED = (
    r"(?:Dear|Hi|Hello|Hey|Sehr geehrter?s?|Lieber?|Hallo|Guten Tag|Bonjour|Chère|Chère?s?|Chers?"
    r"|Hola|Estimad[oa]s?|Querid[oa]s?) [^\n]{1,60},[ \t]*$"
)
REPLIED = r"(?:On|Am|Le|El) [^\n]{5,120} (?:wrote|schrieb|a écrit|escribió)"

_HEADER = re.compile(rf"^{FIELD}", re.MULTILINE)
_OF_MAIL = re.compile(
    r"@|^(?:Subject|Cc|Bcc|Sent|Reply-To|Betreff|Gesendet|Objet|Envoyé|Asunto):", re.MULTILINE
)
_REPLY = re.compile(
    r"^(?:-{2,20} ?(?:Original|Forwarded) [Mm]essage|Begin forwarded message:"
    rf"|{REPLIED}[^\n]{{0,80}}:[ \t]*$)",
    re.MULTILINE,
)
_SALUTATION = re.compile(f"^{SALUTED}", re.MULTILINE)
_SIGN_OFF = re.compile(
    r"^(?:(?:Best|Kind|Warm|With kind|With best) regards|Regards|Sincerely|Yours \w{1,12}|Best"
    r"|Cheers|Many thanks|Thanks|(?:Mit freundlichen|Viele|Beste|Liebe|Herzliche) Grüße"
    r"|Cordialement|Bien à vous|Saludos|Atentamente)[^\n]{0,20},?[ \t]*$(?:\n[^\n]{1,60})?",
    re.MULTILINE,
)


def email_headers(text: str) -> Iterator[tuple[int, int]]:
    """Find two header lines of an e-mail within three lines, and all that follows.

    One of them must be of mail alone, such as a subject, or hold an address: `From` and `To` are
    also the ends of a journey. Errs where the author's own words come after the mail.
    """
    before = None
    for found in _HEADER.finditer(text):
        near = before is not None and text.count("\n", before, found.start()) <= 3
        if before is not None and near:
            if _OF_MAIL.search(text, before, line_end(text, found.end())):
                yield before, len(text)
                return
        else:
            before = found.start()


def reply_marker(text: str) -> Iterator[tuple[int, int]]:
    """Find the line a mail program puts above a forwarded or answered mail, and all that follows.

    Errs where the author's own words come after the mail.
    """
    found = _REPLY.search(text)
    if found:
        yield found.start(), len(text)


def letter(text: str) -> Iterator[tuple[int, int]]:
    """Find what is between a salutation on a line of its own and the line after a closing formula.

    A message that is a letter from its first word to its last is to the assistant. Errs on words
    before or after such a letter, and on letters pasted without another word.
    """
    opened = _SALUTATION.search(text)
    closed = _SIGN_OFF.search(text, opened.end()) if opened else None
    if opened and closed and (text[: opened.start()].strip() or text[closed.end() :].strip()):
        yield opened.start(), closed.end()
