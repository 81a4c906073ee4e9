"""Nothing public is undocumented, no link leads nowhere, and the changelog is about this version."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import bandwidth_messaging
from bandwidth_messaging import Configuration, MediaApi, MessagesApi, models
from bandwidth_messaging.sandbox import Sandbox

from .pages import DOCS, PAGES, ROOT, blocks, headings, links, name_of, read, section, tables, without_code

EVERYTHING = "\n".join(page.read_text("utf-8") for page in PAGES)
REFERENCE = read("reference.md")
MOVING = read("moving-over.md")


@pytest.mark.parametrize("name", bandwidth_messaging.__all__)
def test_a_public_name_stands_in_the_reference(name: str) -> None:
    assert re.search(rf"(auto\w+:: |`)bandwidth_messaging\.{name}\b", REFERENCE)


@pytest.mark.parametrize("name", bandwidth_messaging.__all__)
def test_a_public_name_is_spoken_of_on_another_page_than_the_reference(name: str) -> None:
    assert re.search(rf"\b{name}\b", EVERYTHING.replace(REFERENCE, ""))


def test_the_reference_names_nothing_that_is_gone() -> None:
    for name in re.findall(r"^\.\. autoclass:: bandwidth_messaging\.(\w+)$", REFERENCE, re.MULTILINE):
        assert name in bandwidth_messaging.__all__


@pytest.mark.parametrize("kind", [MessagesApi, MediaApi, Configuration, Sandbox])
def test_every_public_method_stands_in_the_reference_or_is_taken_in_whole(kind: type) -> None:
    entry = re.split(rf"autoclass:: \S+\.{kind.__name__}\n", REFERENCE)[1].split(".. autoclass", maxsplit=1)[0]
    public = {name for name, value in inspect.getmembers(kind, callable) if not name.startswith("_")}
    assert re.search(r":members:\n", entry) or all(re.search(rf"\b{name}\b", entry) for name in public)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = page if not path else (page.parent / path).resolve()
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in headings(file.read_text("utf-8")), target


def test_every_page_can_be_reached_from_the_front_page() -> None:
    found, ahead = set(), [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page.suffix == ".md" and page.exists() and page not in found:
            found.add(page)
            said = page.read_text("utf-8")
            ahead += [(page.parent / target.partition("#")[0]).resolve() for target in links(said) if ":" not in target]
    assert {name_of(page) for page in PAGES} - {name_of(page) for page in found} <= {"performance.md"}


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    newest = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == bandwidth_messaging.__version__
    assert re.fullmatch(r"unreleased|\d{4}-\d\d-\d\d", newest[2])


def test_every_import_of_the_moving_over_page_works() -> None:
    (rows,) = tables(section(MOVING, "Imports"))
    assert len(rows) >= 10
    for row in rows:
        exec(row["Here"], {})
        there = row["There"].replace("import bandwidth", "").replace("from bandwidth", "").split(" import ")[-1]
        assert there.strip() in row["Here"]


def test_every_option_of_the_moving_over_page_exists_and_none_is_missing() -> None:
    rows, *_ = tables(section(MOVING, "Options of Configuration"))
    kept = [row["Here"] for row in rows]
    assert set(kept) - {"to_debug_report"} == set(inspect.signature(Configuration).parameters)
    assert len(kept) == len(set(kept))


def test_every_method_and_helper_of_the_moving_over_page_exists() -> None:
    of_apis = {*dir(MessagesApi), *dir(MediaApi), *inspect.signature(MessagesApi.list_messages).parameters}
    enums = {"Callback.actual_instance", "the same"}
    for heading, known in (
        ("Methods", of_apis),
        ("Models", {*dir(models.Message), *models.Message.model_fields, *enums}),
    ):
        rows, *_ = tables(section(MOVING, heading))
        named = [name for row in rows for name in row["Here"].split(", ")]
        assert [name for name in named if name not in {*known, "left out"}] == []


def test_the_tools_of_the_documents_exist() -> None:
    environments = (ROOT / "tox.ini").read_text("utf-8")
    said = without_code((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    for listed in re.findall(r"`tox run -e ([\w,]+)", said):
        for name in listed.split(","):
            assert name == "tests" or name.startswith("py3") or f"[testenv:{name}]" in environments
    assert blocks(read("index.md"), "sh") == ['pip install "bandwidth-messaging[sandbox]"\n']
