"""What the pages of the site hold: numbers, links, no answers, the reference, and the lectures in print."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from urllib.parse import unquote

import patience
import pytest
from lectures import CHAPTERS, DOCS, parsed, plain, secrets
from pypdf import PdfReader

from mlpkit import viz

MOST_BYTES = 1_500_000
MOST_PAGES = 375
"""Of the lectures in print: more of them would be emptier."""
WORD = re.compile(r"\w+")


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_and_formulas_are_numbered_in_their_order(site, name):
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    chapter = int(name.removeprefix("chapters/")[:2])
    figures = re.findall(r'id="figure-(\d+)-(\d+)".*?<b>Figure (\d+\.\d+)\.</b>', page, re.DOTALL)
    assert [shown for *_, shown in figures] == [f"{chapter}.{i}" for i in range(1, 1 + len(figures))]
    assert all(f"{one}.{number}" == shown for one, number, shown in figures)
    captions = re.findall(r"Figure \d+\.\d+\.</b> <span[^>]*>(.*?)</span>", page)
    assert len(captions) == len(set(captions)) == len(figures) >= 9
    assert all(caption.endswith((".", "?")) for caption in captions)
    formulas = re.findall(r'id="equation-\d+-(\d+)".*?<span class="eqno">\(\d+\.(\d+)\)', page, re.DOTALL)
    assert [int(number) for number, _ in formulas] == list(range(1, 1 + len(formulas)))
    assert all(one == other for one, other in formulas)
    assert formulas


def test_links_hold(site):
    pages = {path.resolve(): parsed(path) for path in site.rglob("*.html") if "_static" not in path.parts}
    broken = []
    for path, page in pages.items():
        for reference in page.references:
            if reference.startswith(("http:", "https:", "mailto:", "data:", "javascript:")):
                continue
            name, _, anchor = reference.partition("#")
            target = (path.parent / unquote(name.partition("?")[0])).resolve() if name else path
            if not target.exists() or (anchor and target in pages and unquote(anchor) not in pages[target].anchors):
                broken.append((path.name, reference))
    assert broken == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_section_that_is_named_is_the_one_that_is_linked(site, name):
    """In a chapter with the number of one of its sections, too."""
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    titles = dict(re.findall(r'<section id="([^"]+)">\s*(?:<span[^>]*></span>)*<h2>(\d+)\. ', page))
    named = re.findall(r'<a class="reference internal" href="#([^"]+)">(?:<span[^>]*>)?[Ss]ection (\d+)', page)
    assert named
    assert [(anchor, number) for anchor, number in named if titles.get(anchor) != number] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_punctuation_stays_behind_its_formula(site, name):
    """A page holds many equal texts: the one that is changed must be the one that was found."""
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    assert re.findall(r".{60}</span>(?:\.\.|,,|;;|\.,|,\.)(?!\.).{20}", page) == []
    assert re.findall(r".{60}</span></span>[a-z(].{20}", page) == []
    assert re.findall(r".{60}[^>(][(‘“]<span class=\"math.{20}", page) == []


def test_books_have_sections_of_their_own(site):
    page = (site / "chapters" / "03_backprop.html").read_text(encoding="utf-8")
    assert re.search(r"MIT Press, 2016, section 6\.5", page)


@pytest.mark.parametrize("name", CHAPTERS)
def test_captions_are_for_readers(site, name):
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    captions = re.findall(r"Figure \d+\.\d+\.</b> <span[^>]*>(.*?)</span>", page)
    assert captions
    assert [caption for caption in captions if re.search(r"\w_\w|Panel \d", caption)] == []


def test_the_first_page_says_what_each_chapter_takes(opened):
    page = opened("index")
    cards = page.locator(".chapter-cards article").all_inner_texts()
    assert len(cards) == len(CHAPTERS)
    assert [card for card in cards if not re.search(r"\. [A-Z][\w ]+ hours\.$", card)] == []
    assert page.locator(".chapter-cards img[data-pixels]").count() == 2, "digits keep their colours in the dark"


def test_the_glossary_has_words_that_one_looks_up(opened):
    page = opened("glossary")
    letters = page.locator(".letters a")
    assert letters.count() > 15
    assert letters.first.inner_text() == "A"
    heads = [head.strip("#") for head in page.locator("dl.glossary > dt").all_inner_texts()]
    assert {"overfitting", "dead neuron", "vanishing gradients", "neuron"} <= set(heads)
    assert not {"overfits", "dead", "vanish", "row"} & set(heads)


def test_no_answer_and_no_hidden_test(site):
    secret = {line: frozenset(WORD.findall(line)[1:-1]) for line in secrets()}
    assert len(secret) > 1000
    found = []
    for path in site.rglob("*"):
        if path.suffix in {".html", ".js", ".json", ".ipynb", ".txt"} and path.parent.name not in {"mathjax", "scenes"}:
            text = plain(path)
            words = set(WORD.findall(text))  # what a line could consist of
            found += [(path.name, line) for line, inner in secret.items() if inner <= words and line in text]
    assert found == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light(site, name):
    assert (site / f"{name}.html").stat().st_size <= MOST_BYTES


def test_the_menu_numbers_the_chapters(opened):
    page = opened("index", viewport={"width": 1300, "height": 900})
    entries = page.locator(".bd-sidebar-primary a[href*='chapters/']").all_inner_texts()
    numbers = [f"{int(name.removeprefix('chapters/')[:2])}." for name in CHAPTERS]
    assert [entry.split()[0] for entry in entries] == numbers
    assert entries[1] == "1. The neuron"


def test_a_chapter_leads_to_its_notebook(opened, site):
    page = opened("chapters/01_neuron")
    link = page.get_by_role("link", name="download the notebook")
    assert (site / "chapters" / link.get_attribute("href")).resolve().read_bytes() == (
        DOCS.parent / "course" / "01_neuron" / "01_neuron.ipynb"
    ).read_bytes()
    assert page.get_by_text("weighted_sum([1.0, 2.0, 3.0], [1.0, 0.5, 1.0], 0.5)").is_visible()
    checks = page.locator("#weighted-sum, details.hide").first
    assert checks.count()


def test_the_reference_says_where_a_thing_is_taught(opened):
    page = opened("api/optimizers")
    link = page.locator("dl:has(dt#mlpkit\\.optimizers\\.Adam) a[href*='chapters/']").first
    assert "06_training" in link.get_attribute("href")


def test_the_reference_says_which_names_there_are(opened):
    page = opened("api/layers")
    page.locator("dt#mlpkit\\.layers\\.Dense + dd").get_by_role("link", name="ACTIVATIONS").first.click()
    table = page.locator("dt#mlpkit\\.activations\\.ACTIVATIONS + dd")
    assert '"leaky_relu" (LeakyReLU)' in table.inner_text()
    assert table.get_by_role("link", name="LeakyReLU").count() == 1


def test_a_reference_is_no_list(site):
    shown = [page for page in (site / "api").glob("*.html") if '<ol class="upperalpha' in page.read_text("utf-8")]
    assert shown == []
    assert "R. J. Boscovich" in plain(site / "api" / "losses.html")


def test_attributes_that_are_described_together_stand_together(opened):
    page = opened("api/layers")
    names = page.locator("dl:has(> dt#mlpkit\\.layers\\.Dense) dl.field-list").first.locator("strong").all_inner_texts()
    assert {"X, Z, A", "n_in, n_out"} < set(names)


def test_what_is_inherited_stands_with_the_network(site):
    page = plain(site / "api" / "network.html")
    assert all(f'id="mlpkit.network.MLP.{name}"' in page for name in ("predict", "add", "loss_and_gradients", "train"))


def test_a_name_keeps_its_last_underscore(opened):
    names = opened("api/estimators").locator("dl.field-list strong").all_inner_texts()
    assert {"model_", "loss_curve_, validation_curve_"} < set(names)


def test_a_bare_name_in_the_reference_leads_to_no_part_of_another_class(site):
    """A parameter `rate` is not the optimizer's; public names are linked, with and without the package's."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (site / "api").glob("*.html")}
    code = '<code class="xref py py-obj[^>]*><span class="pre">{}</span></code>'
    for page, name in [("layers", "rate"), ("losses", "n_out"), ("data", "name"), ("optimizers", "state")]:
        found = re.findall(r"(<a [^>]*>)?" + code.format(name), texts[page])
        assert found, name
        assert set(found) == {""}, name
    for page, name in [("activations", "LecunNormal"), ("files", "Dropout"), ("data", "mlpkit.Dataset")]:
        found = re.findall(r"(<a [^>]*>)?" + code.format(re.escape(name)), texts[page])
        assert found, name
        assert all(found), name


def test_the_shape_of_an_array_is_no_link(site):
    page = (site / "api" / "layers.html").read_text(encoding="utf-8")
    assert "<em>n_out</em>" in page
    assert "<em>n_out</em></a>" not in page


def test_the_reference_says_nothing_that_is_empty(site):
    for path in (site / "api").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        shown = re.sub(r"<[^>]+>", "", text)
        assert not re.search(r"Bases: *(?:object|\n|$)|alias of|&lt;factory", shown), path
        assert not re.search(r'<dt class="[^"]*">Type<', text), path  # what stands before a colon is no type


def test_base_classes_are_described_first(site):
    page = (site / "api" / "layers.html").read_text(encoding="utf-8")
    places = [page.index(f'id="mlpkit.layers.{name}"') for name in ("Layer", "BatchNorm", "Residual")]
    assert places == sorted(places)


def test_all_figures_are_described_by_chapter(site):
    page = (site / "api" / "viz.html").read_text(encoding="utf-8")
    missing = [name for name in viz.__all__ if callable(getattr(viz, name)) and f'id="mlpkit.viz.{name}"' not in page]
    assert missing == []
    headings = re.findall(r"<h2>([^<]+)<a", page)
    assert headings[:2] == ["For all chapters", "Warm-up: arrays"]
    assert len(headings) == 1 + len(CHAPTERS)


def test_the_index_names_modules_once_and_no_methods(site):
    page = (site / "genindex.html").read_text(encoding="utf-8")
    assert page.count("mlpkit.layers (module)") == 1
    assert "forward()" not in page
    assert "Layers: each has params, grads, forward and backward" in plain(site / "py-modindex.html")


@pytest.mark.slow
def test_the_lectures_print(site, tmp_path):
    command = [sys.executable, str(DOCS / "print.py"), str(site), str(tmp_path / "lectures.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience.SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    book = PdfReader(tmp_path / "lectures.pdf")
    assert len(book.pages) > 100
    assert done.stdout == f"{len(book.pages)} pages in {tmp_path / 'lectures.pdf'}\n"
    marks = [mark for mark in book.outline if not isinstance(mark, list)]
    assert len(marks) == 1 + len(CHAPTERS)
    titles = [mark.title for inside in book.outline if isinstance(inside, list) for mark in inside]
    assert len(titles) > 40  # sections
    assert "1. What should be tried before a long run?" in titles  # whole, and once
    assert (tmp_path / "lectures.pdf").stat().st_size < 40e6
    assert "Contents" in book.pages[1].extract_text()
    for mark in marks[1:]:
        number = book.get_destination_page_number(mark)
        text = " ".join(unicodedata.normalize("NFKC", book.pages[number].extract_text()).split())  # without ligatures
        assert text.startswith(mark.title)
        assert f"{mark.title} · " in text
    front = book.get_destination_page_number(marks[1])
    for i in (0, 40, 90):
        assert book.pages[front + i].extract_text().rstrip().endswith(f"· {i + 1}")
    text = "".join(page.extract_text() for page in book.pages)
    assert "Further reading" in text
    assert "from mlpkit.testing import Check" not in text  # the checks are folded, and stay so
    assert "Hint 1 of 3" not in text
    assert "before you open it" not in text  # nothing is opened on paper
    assert (
        text.count("The answers stand at the end of the chapter.") == text.count("Answers of the quiz") == len(CHAPTERS)
    )
    assert len(book.pages) < MOST_PAGES
    assert all(page.mediabox.width == pytest.approx(595, abs=1) for page in book.pages)  # A4
