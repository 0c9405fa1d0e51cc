"""Counting and asking: the facets of the findings, the named questions, the charts with their tables."""

from __future__ import annotations

import html
import json
import re

import pytest
from visiting import Pages

from data.browse.dashboards import own_dashboards
from data.browse.memory import Memory
from data.store.connection import Store

FACETS = ["sector", "system", "identifier", "stage", "event", "source_group", "publisher", "year"]


@pytest.mark.parametrize("facet", FACETS)
def test_findings_are_counted_by_each_facet_of_the_issue(pages: Pages, facet: str) -> None:
    answer = pages.get(f"/watch/evidence.json?_facet={facet}&_shape=objects")
    counted = json.loads(answer.text)["facet_results"][facet]["results"]
    assert sum(each["count"] for each in counted if each["value"]) > 0
    shown = pages.get(f"/watch/evidence?_facet={facet}&_lang=ja")
    assert shown.status_code == 200


def test_a_facet_narrows_and_is_named_as_readers_do(pages: Pages) -> None:
    body = pages.get("/watch/evidence?_lang=ja&_facet=event&_facet=source_group&sector=bank").text
    for words in ("分野", "識別番号", "動き", "情報源の区分", ">報道</a>", "金融", "汐見新報", "金融×住基"):  # fmt: skip
        assert words in body
    assert "警察×番号" not in body
    answer = pages.get("/watch/evidence.json?_shape=array&year=2026&publisher=汐見新報")
    assert {row["document_id"] for row in json.loads(answer.text)} == {"shi-1", "shi-2", "kei-1", "kei-2"}  # fmt: skip


def test_the_box_of_the_facets_searches_japanese(pages: Pages) -> None:
    answer = pages.get("/watch/evidence.json?_shape=array&_search=照会")
    assert {row["document_id"] for row in json.loads(answer.text)} == {"kei-1", "kei-2"}


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("reversals", {"kei-2", "shi-1"}),
        ("said_by?actor=警保", {"kei-1", "kei-2"}),
        ("said_by?actor=", set()),
        ("adopted_in_year?year=2026", {"nai-2", "zei-1"}),
        ("unlawful", {"zei-1"}),
    ],
)
def test_named_questions_are_answered(
    pages: Pages, library: Store, question: str, documents: set[str]
) -> None:
    path, _, query = question.partition("?")
    answer = pages.get(f"/watch/{path}.json?_shape=array&{query}")
    by_id = {
        row["id"]: row["document_id"]
        for row in library.public.query("SELECT id, document_id FROM findings")
    }
    assert {by_id[row["finding_id"]] for row in json.loads(answer.text)} == documents
    page = pages.get(f"/watch/{path}?{query}&_lang=ja")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert pages.get(f"/watch/{path}.csv?{query}").status_code == 200


def test_reported_only_lists_what_no_official_source_confirmed(pages: Pages) -> None:
    rows = json.loads(pages.get("/watch/reported_only.json?_shape=array").text)
    assert "bank:juki" in {row["use_case_id"] for row in rows}


def test_each_chart_has_its_table_and_what_vega_draws(pages: Pages) -> None:
    body = pages.get("/-/dashboards/ledger?lang=ja").text
    charts = own_dashboards()["ledger"]["charts"]
    assert list(charts) == ["events", "uses", "adoption", "coverage"]
    for slug, chart in charts.items():
        section = body[body.index(f'id="c-{slug}"') :].partition("</section>")[0]
        assert chart["title"] in section
        assert "<table>" in section or "見つかりませんでした" in section
    spec = json.loads(html.unescape(re.search(r'data-spec="([^"]+)"', body)[1]))  # type: ignore[index]
    assert spec["encoding"]["color"]["scale"]["domain"][0] == "金融"
    assert re.search(r"<td>番号法</td>\s*<td class=\"number\">2</td>", body)
    assert '<script src="/-/static-plugins/datasette_dashboards/vega.min.js' in body
    assert not re.search(r"<script[^>]*>[^<]", body)


def test_a_static_copy_shows_the_tables_without_scripts(pages: Pages) -> None:
    pages.datasette._metadata_local["static_copy"] = True
    body = pages.get("/-/dashboards/ledger").text
    assert "<script" not in body
    assert "<table>" in body


def test_a_dashboard_that_is_not_there_is_a_404(pages: Pages) -> None:
    assert pages.get("/-/dashboards/none").status_code == 404
    assert "図表" in pages.get("/-/dashboards?lang=ja").text


def test_an_answer_is_remembered_for_its_time_and_no_longer() -> None:
    asked: list[str] = []

    def ask() -> int:
        asked.append("once")
        return len(asked)

    memory, forgetful = Memory(seconds=60), Memory(seconds=0)
    assert [memory.once("q", ask) for _ in range(3)] == [1, 1, 1]
    assert [forgetful.once("q", ask) for _ in range(2)] == [2, 3]
    for number in range(100):
        memory.once(number, lambda: 0)
    assert memory.once("q", ask) == 4
