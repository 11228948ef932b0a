"""Code in a spec -> HTML with a class for each kind of word, when the site is built."""

from __future__ import annotations

from markupsafe import Markup

from charter.syntax.visible import reveal, reveal_html

MAX_CODE = 50_000
"""Characters; longer code is shown plainly."""


def highlighted(code: str, language: str) -> Markup:
    """Return code as HTML; plain where its language is not known."""
    if not language or len(code) > MAX_CODE or reveal(code) != code:
        return Markup("<pre><code>{}</code></pre>\n").format(reveal_html(code))
    from pygments import highlight  # noqa: PLC0415 - an extra
    from pygments.formatters.html import HtmlFormatter  # noqa: PLC0415 - an extra
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - an extra
    from pygments.util import ClassNotFound  # noqa: PLC0415 - an extra

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return Markup("<pre><code>{}</code></pre>\n").format(reveal_html(code))
    made = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code"><code>{made}</code></pre>\n')  # noqa: S704 - it escapes
