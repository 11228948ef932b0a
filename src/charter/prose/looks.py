"""A name -> the letters that a reader takes it for, so that two names that look the same are one.

Which letters look like Latin ones is said by Unicode Technical Standard 39, 4 (confusables), of the
Latin, Greek, Cyrillic, Armenian, Cherokee and Coptic scripts. Its small letters are joined by those
whose capitals it has, since case makes no difference to a name. Pure.
"""

from __future__ import annotations

import re
import unicodedata

from charter.prose.normalize import normalize

_LOOK_LIKE: tuple[tuple[str, str], ...] = (
    ("A", "\u0391\u0410\u13aa"), ("B", "\u0392\u0412\ua7b4\u13f4"), ("C", "\u0421\u13df\u2ca4"),
    ("D", "\u13a0"), ("E", "\u0395\u0415\u13ac"), ("F", "\u03dc\ua798"),
    ("G", "\u050c\u13c0\u13f3"), ("H", "\u0397\u041d\u13bb\u2c8e"), ("I", "\u0399\u0406\u2c92"),
    ("J", "\u037f\u0408\u13ab"), ("K", "\u039a\u041a\u13e6\u2c94"), ("L", "\u13de"),
    ("M", "\u039c\u041c\u03fa\u13b7\u2c98"), ("N", "\u039d\u2c9a"),
    ("O", "\u039f\u041e\u0555\u2c9e"), ("P", "\u03a1\u0420\u13e2\u2ca2"), ("Q", "\u051a"),
    ("R", "\u01a6\u13a1\u13d2"), ("S", "\u0405\u054f\u13da\u13d5"),
    ("T", "\u03a4\u0422\u13a2\u2ca6"), ("U", "\u054d"), ("V", "\u0474\u13d9"),
    ("W", "\u051c\u13b3\u13d4"), ("X", "\u03a7\u0425\u2cac\ua7b3"),
    ("Y", "\u03a5\u0423\u04ae\u13a9\u13bd\u2ca8"), ("Z", "\u0396\u13c3"),
    ("a", "\u03b1\u0430\u0251"), ("b", "\u0432\u044c\u042c\u13cf"),
    ("c", "\u0441\u1d04\uabaf\u2ca5"), ("d", "\u0501"), ("e", "\u0435\u03b5\u04bd"),
    ("f", "\ua799\u0584"), ("g", "\u0261\u0581\u1d83"), ("h", "\u04bb\u0570\u13c2\u043d"),
    ("i", "\u03b9\u0456\u0131\u0269\u026a\ua647\uab75\u13a5"), ("j", "\u0458\u03f3"),
    ("k", "\u03ba\u043a"), ("l", "\u04c0\u04cf\u0196\u01c0"), ("m", "\u043c"),
    ("n", "\u03b7\u0578\u057c"), ("o", "\u03bf\u043e\u0585\u1d0f\u1d11\u2c9f"),
    ("p", "\u03c1\u0440\u2ca3"), ("q", "\u051b\u0563\u0566"),
    ("r", "\u0433\u1d26\uab47\uab81\u2c85"), ("s", "\u0455\ua731\uabaa"), ("t", "\u03c4\u0442"),
    ("u", "\u03c5\u057d\u1d1c\u028b"), ("v", "\u03bd\u0475\u1d20\uaba9"),
    ("w", "\u0461\u051d\u0561\u026f\u1d21\uab83"), ("x", "\u03c7\u0445"),
    ("y", "\u03b3\u0443\u04af\u028f\u0263"), ("z", "\u1d22\uab93"),
)  # fmt: skip
"""A Latin letter, and those of other alphabets that are drawn as it is."""
_SHOWN = {ord(char): latin for latin, chars in _LOOK_LIKE for char in chars}
_ONE = {"h": "n", "v": "n", "u": "y"}
"""Latin letters that are one in a name of another script: eta and nu are drawn as h, n and v, and
upsilon as u and y, by their case."""
_EITHER = {
    **{ord(char.casefold()): _ONE.get(latin, latin) for latin, chars in reversed(_LOOK_LIKE)
       for char in chars if len(char.casefold()) == 1 for latin in (latin.lower(),)},
    **{ord(one): other for one, other in _ONE.items()},
}  # fmt: skip
_OTHERS = ("GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC")
_DIGITS = re.compile("[01]+(?=[^\\W\\d_])")
"""A zero or a one inside of a word: those at the end of one count, as in `reviewer-10`."""
_AS_LETTERS = {ord("0"): "o", ord("1"): "l"}
_DOTTED = re.compile("(?<=[ij])\u0307+")


def looks(name: str) -> str:
    """Return a name as it is compared with others: what looks the same is nobody else.

    Neither case, nor blanks, nor characters without a shape, nor wide or joined letters make a
    difference, nor does which alphabet a letter is of: a name that can be read in Latin letters
    alone is read so, as it is written, and any other by what its letters are in either case. `l`
    and capital `i`, `m` and `rn`, and letters with and without an accent are told apart: people
    have names that differ in them.
    """
    plain = "".join(char for char in name if unicodedata.category(char) != "Cf")
    if plain.isascii():
        return _words(plain.casefold())
    plain = normalize(plain).text
    shown = plain.translate(_SHOWN)
    if any(unicodedata.name(char, "").startswith(_OTHERS) for char in shown):
        # A name of another script: it is read by what its letters are in either case.
        folded = unicodedata.normalize("NFKC", plain.casefold())
        return _words(unicodedata.normalize("NFKC", folded.translate(_EITHER)))
    return _words(unicodedata.normalize("NFKC", shown.casefold()))


def _words(text: str) -> str:
    undotted = _DOTTED.sub("", text)
    lettered = _DIGITS.sub(lambda found: found[0].translate(_AS_LETTERS), undotted)
    return " ".join(lettered.split())
