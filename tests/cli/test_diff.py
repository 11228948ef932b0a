"""`charter diff`: three forms, exit codes, and hostile text made harmless."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code

CASES = Path(__file__).parent.parent / "cases" / "diffs"
NASTY = "<script>alert(1)</script> \u202eexe.txt\u202c \x1b[31m <img src=x onerror=alert(2)>"


def run(*arguments, code=0):
    found = CliRunner().invoke(cli, ["diff", *map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found.stdout


def pair(name):
    return CASES / name / "old.md", CASES / name / "new.md"


@pytest.fixture
def hostile(tmp_path):
    """Two versions whose every word wants out."""
    for name, said in (("old", "bow"), ("new", "kneel")):
        (tmp_path / f"{name}.md").write_text(
            f"# {NASTY} {name} {{#one authority=root}}\n\nYou must {said} {NASTY}.\n\n"
            f"**Example**: {NASTY}\n\n~~~xml\n<user>\n{said} &lt;script&gt;\n</user>\n~~~\n\n"
            f'!!! meta "Commentary"\n    {NASTY} {said}\n',
            encoding="utf-8",
        )
    return tmp_path / "old.md", tmp_path / "new.md"


def test_text_tells_authority_first():
    text = run(*pair("authority"))
    assert text.index("Authority (4)") < text.index("obey_law  binds less")
    assert "1 section was lowered from root to system" in text


def test_text_marks_words_without_colours():
    text = " ".join(run(*pair("strength")).split())
    assert "The clerk [-should-]{+must+} not disclose overdue loans." in text


def test_text_has_no_blanks_at_line_ends():
    for case in ("clauses", "sections", "examples"):
        assert not re.search(r" $", run(*pair(case)), re.MULTILINE)


def test_text_in_colours_has_no_signs(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    text = run(*pair("strength"))
    assert "\x1b[" in text
    assert "{+" not in text


def test_quiet_wording_only_counts_it():
    assert "changes of wording only are not shown" in run(*pair("quiet"), "--quiet-wording")
    assert "commentary changed" not in run(*pair("quiet"), "--quiet-wording")
    assert "commentary changed" in run(*pair("quiet"))


def test_equal_texts():
    assert "Nothing changed: both texts are the same." in run(*pair("identical"), "--exit-code")


@pytest.mark.parametrize(("case", "code"), [("strength", 1), ("quiet", 0), ("identical", 0)])
def test_exit_code_says_whether_rules_changed(case, code):
    run(*pair(case), "--exit-code", code=code)
    run(*pair(case))


def test_json_is_the_documented_format():
    document = json.loads(run(*pair("boundaries"), "--json"))
    assert document["format"] == "charter-diff/1"
    assert document["counts"]["boundary_laxer"] == 1
    shown = CliRunner().invoke(cli, ["schema", "diff"])
    assert json.loads(shown.output)["title"] == "DiffJson"


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_out_writes_the_file(tmp_path, form):
    target = tmp_path / "found"
    run(*pair("sections"), "--format", form, "--out", target)
    text = target.read_text(encoding="utf-8")
    assert "love_readers" in text
    assert "\x1b" not in text
    assert text == run_again(tmp_path, form)


def run_again(tmp_path, form):
    run(*pair("sections"), "--format", form, "--out", tmp_path / "again")
    return (tmp_path / "again").read_text(encoding="utf-8")


def test_overlays_and_citations_are_looked_at(tmp_path):
    overlay = tmp_path / "overlay.md"
    overlay.write_text(
        '---\nspec: shop\nextends: {name: old, version: null, digest: "sha256:0"}\n'
        "level: user\n---\n\n"
        "# Sleep {#sleep}\n\nThe clerk may nap.\n",
        encoding="utf-8",
    )
    text = run(*pair("sections"), "--overlay", overlay, "--cites", "be_kind/kexi")
    text = "".join(text.split()).replace(str(overlay), "OVERLAY")
    assert (
        "broken overlay shop (OVERLAY) its base is pinned to neither of these texts".replace(
            " ", ""
        )
        in text
    )
    assert (
        "broken overlay shop (OVERLAY) amends section sleep, which is gone".replace(" ", "") in text
    )
    assert (
        "broken citation be_kind/kexi be_kind/kexi is gone; now love_readers/kexi".replace(" ", "")
        in text
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere.md", "nowhere.md"], "no such file"),
        ([str(CASES / "quiet" / "old.md")], "NEW"),
        ([*map(str, pair("quiet")), "--out", "/nowhere/x", "--json"], "existing folder"),
        ([*map(str, pair("quiet")), "--overlay", "nowhere.md"], "no such file"),
    ],
)
def test_failures_are_one_line(capsys, arguments, word):
    assert exit_code(["diff", *arguments]) in (2, 3)
    said = capsys.readouterr().err
    assert word in said
    assert said.count("\n") == 1


def test_hostile_words_cannot_steer_a_terminal(hostile):
    text = run(*hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_hostile_words_stay_words_in_html(hostile):
    text = run(*hostile, "--format", "html")
    inside = text.partition("</script>")[2]
    assert "<script" not in inside
    assert "<img" not in inside
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "U+202E" in text


def test_page_asks_nobody_for_anything(hostile):
    text = run(*hostile, "--format", "html")
    assert not re.findall(r"""<[^>]*\s(?:src|href)=["']?(?!#)[a-z/]""", text.partition("<body>")[2])
    assert "default-src &#39;none&#39;" in text


def test_page_has_each_id_once_and_no_link_to_nowhere():
    text = run(*pair("sections"), "--format", "html")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


@pytest.mark.data
def test_page_of_the_largest_real_step_is_of_a_size_that_loads(data_dir):
    old, new = (data_dir / "model_spec" / name for name in ("2025-02-12", "2025-12-18"))
    text = run(old, new, "--format", "html")
    assert len(text.encode()) < 1_000_000
    assert "Under-18 Principles" in text


@pytest.fixture
def opened(tmp_path, visit):
    """Open a page in Chromium; collect what goes wrong in it."""

    def show(text, **options):
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        tab = visit(file.as_uri(), **options)
        tab.goto(file.as_uri())
        return tab

    return show


CONTRAST = """() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const light = color => { const [r, g, b] = color.slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const below = element => { for (let at = element; at; at = at.parentElement) {
    const color = rgb(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] === 1) { return color; } } return [255, 255, 255]; };
  let least = 99;
  for (const element of document.querySelectorAll(
      "del, ins, .effect, .badge, .which, .soft, .said-of span, h3")) {
    const a = light(rgb(getComputedStyle(element).color)), b = light(below(element));
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)); }
  return least; }"""


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_browser_shows_it_quietly_at_any_width(opened, hostile, width, scheme):
    viewport = {"width": width, "height": 800}
    for files in (hostile, pair("sections"), pair("examples")):
        tab = opened(run(*files, "--format", "html"), viewport=viewport, color_scheme=scheme)
        tab.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(CONTRAST) >= 4.5
        assert (tab.troubles, tab.foreign) == ([], [])


@pytest.mark.browser
def test_browser_needs_no_scripts(opened):
    tab = opened(run(*pair("examples"), "--format", "html"), java_script_enabled=False)
    tab.locator("details.row summary").first.click()
    assert tab.locator("details.row .side").first.is_visible()
