"""Every shipped source: well formed, complete, honest about why it is off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from classifier.lexicon import load_lexicon
from crawler import templates
from crawler.lint import last_look, lint, refused, repeated_keys
from crawler.loader import SHIPPED, load_sources, read_source, source_files
from crawler.source import Kind
from data.config import Config, CrawlSection
from data.errors import ConfigError, Malformed
from data.systems import load_systems
from data.vocabulary import Identifier, Sector

FILES = source_files(SHIPPED)
ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_source_is_well_formed(path: Path) -> None:
    source = read_source(path)
    assert lint(source) == []
    assert source.model_fields_set >= {
        "cadence",
        "expect",
        "hints",
        "note",
        "seen",
        "evidence",
        "terms",
    }
    for part in (source.expect, source.hints):
        assert part.model_fields_set == set(type(part).model_fields)
    for url in templates.addresses(source, MOMENT):
        assert "{" not in url
    if source.fetch == "article" and source.kind not in {
        Kind.PAGE,
        Kind.LISTING,
        Kind.FEED,
        Kind.REGISTRY,
    }:
        pytest.fail("an API or a search has no pages to follow")


def test_there_are_as_many_as_promised() -> None:
    assert len(FILES) >= 125
    assert sum(read_source(path).enabled for path in FILES) >= 50


def test_each_stream_of_the_survey_is_shipped_or_named_as_left_out() -> None:
    survey = ROOT.parent / "shared" / "sources" / "catalogue.yaml"
    if not survey.is_file():
        pytest.skip("the survey of ../shared/sources is not on this machine")
    ids = {
        line.removeprefix("- id:").strip()
        for line in survey.read_text(encoding="utf-8").splitlines()
        if line.startswith("- id:")
    }
    document = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    missing = ids - {path.stem for path in FILES}
    assert len(ids) == 131
    assert {name for name in missing if f"`{name}`" not in document} == set()


@pytest.mark.parametrize("source_id", ["google_news_search", "bing_news_search"])
def test_query_sources_are_built_from_the_lexicon(source_id: str) -> None:
    source = load_sources(Config())[source_id]
    assert not source.enabled
    assert source.query is not None
    assert set(source.query.sectors) == set(Sector)
    asked = [unquote(url) for url in templates.addresses(source, MOMENT)]
    assert len(asked) == len(source.query.words) * len(Sector)
    lexicon = load_lexicon()
    assert {
        mention.identifier for word in source.query.words for mention in lexicon.mentions(word)
    } == set(Identifier)
    for system in load_systems().values():
        named = system.aliases[:1] if system.sector != Sector.OTHER else ()
        for word in named:
            assert any("マイナンバー (" in url and word in url for url in asked), word
    assert all(len(url) < 2_000 for url in templates.addresses(source, MOMENT))


WHOLE = """
publisher: {ja: 見本市, en: Mihon City}
name: {ja: 新着, en: News}
group: localgov
source_class: localgov
kind: feed
url: https://www.city.mihon.example/news.xml
expect: {silence_days: 30}
terms: free
note: written for the test
seen: 2026-11-01
evidence: seen
"""


def _write(directory: Path, text: str, name: str = "mihon_news") -> Path:
    path = directory / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (WHOLE.replace("kind: feed", "kind: fead"), "kind"),
        (WHOLE + "colour: red\n", "colour"),
        (WHOLE.replace("https:", "gopher:"), "url"),
        (WHOLE.replace("kind: feed", "kind: listing"), "select"),
        (WHOLE + "enabled: false\n", "disabled_reason"),
        (WHOLE.replace("evidence: seen", "evidence: unverified"), "unverified"),
        (WHOLE + "select: {item: 'li['}\n", "select.item"),
        (WHOLE + "id: other\n", "stem"),
        ("- a\n- b\n", "mapping"),
        ("a: [\n", "not YAML"),
        ("", "mapping"),
        (WHOLE + "cadence: 1\n", "cadence"),
        (WHOLE + "cadence: sometimes\n", "a number of minutes, or hourly"),
        (WHOLE + "cadance: daily\n", "'cadence' may be meant"),
        (WHOLE + "vars: {session: 221}\n", "put it in quotes"),
        (WHOLE.replace("{ja: 見本市, en: Mihon City}", "見本市"), "a block of keys"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, broken: str, named: str) -> None:
    path = _write(tmp_path, broken)
    with pytest.raises(ConfigError) as caught:
        read_source(path)
    assert str(path) in str(caught.value)
    assert named in str(caught.value)


def test_binary_junk_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "junk.yml"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ConfigError, match=r"junk\.yml"):
        read_source(path)


def test_a_later_directory_replaces_a_shipped_source(tmp_path: Path) -> None:
    _write(tmp_path, WHOLE, "soumu_news")
    config = Config(crawl=CrawlSection(sources=("shipped", str(tmp_path))))
    assert load_sources(config)["soumu_news"].publisher.en == "Mihon City"


def test_a_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    config = Config(base=tmp_path, crawl=CrawlSection(sources=("nowhere",)))
    with pytest.raises(ConfigError, match="nowhere"):
        load_sources(config)


def test_lint_finds_what_the_model_allows(tmp_path: Path) -> None:
    text = WHOLE.replace("news.xml", "{when}.xml").replace("expect: {silence_days: 30}\n", "")
    faults = lint(read_source(_write(tmp_path, text)))
    assert any("{when}" in fault for fault in faults)
    assert any("silence_days" in fault for fault in faults)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("silence_days: 30", "silence_days: 30, items_min: 9, items_max: 3"), "items_min 9"),
        (("kind: feed", "kind: feed\nhub: a.list"), "hub: a source of kind feed"),
        (("kind: feed", "kind: feed\nhints: {encoding: klingon}"), "'klingon'"),
        (("kind: feed", "kind: api\nrecords: {format: xml, title: t, url: u}"), "xml needs"),
        (("kind: feed", "kind: api\nrecords: {title: t, url: u, next: n}"), "need each other"),
        (("news.xml", "a news.xml"), "white space"),
        (("news.xml", "{news.xml"), "brace"),
        (("https://", "https://me:secret@"), "name or password"),
    ],
)
def test_lint_tells_what_a_run_would_pass_over(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    assert change[0] in WHOLE
    [fault] = lint(read_source(_write(tmp_path, WHOLE.replace(*change, 1))))
    assert told in fault


def test_a_file_is_refused_for_what_yaml_takes_in_silence(tmp_path: Path) -> None:
    assert repeated_keys(_write(tmp_path, WHOLE)) == []
    assert repeated_keys(_write(tmp_path, WHOLE + "kind: page\n")) == ["kind: stands there 2 times"]
    with pytest.raises(
        ConfigError, match="nested more than"
    ):  # libyaml ends the process at some depth
        read_source(_write(tmp_path, "a: " + "[" * 50_000))


def test_an_address_that_no_request_may_go_to_is_told(tmp_path: Path) -> None:
    source = read_source(_write(tmp_path, WHOLE.replace("www.city.mihon.example", "192.168.0.1")))
    assert "not a public address" in next(iter(refused(source, ())))
    assert list(refused(source, ("192.168.0.1:443",))) == []


def test_dates_in_addresses_follow_japan() -> None:
    # 2026-03-31 16:00 UTC is the first of April in Tokyo: a new fiscal year there.
    values = templates.dates(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert (values["YYYYMMDD"], values["FY"], values["REIWA"]) == ("20260401", "2026", "8")
    with pytest.raises(Malformed, match=r"\{NOPE\} is filled by nothing; it belongs into `vars`"):
        templates.expand("https://mihon.example/{NOPE}", values)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("list_{YYYYMM}", ["list_202701", "list_202612"]),
        ("shuyohodoR{REIWA}", ["shuyohodoR9", "shuyohodoR8"]),
        ("{YYYYMMDD}/{YYYY}", ["20270110/2027"]),
        ("news", ["news"]),
    ],
)
def test_the_page_of_the_month_before_is_read_until_its_last_news_are_in(
    tmp_path: Path, name: str, asked: list[str]
) -> None:
    source = read_source(_write(tmp_path, WHOLE.replace("news.xml", f"{name}.xml")))
    for day, most in ((10, 2), (20, 1)):
        moment = datetime(2027, 1, day, tzinfo=UTC)
        found = templates.addresses(source, moment) + templates.ended(source, moment)
        assert len(found) == min(most, len(asked))
        if day == 10:
            assert [url.rpartition("mihon.example/")[2] for url in found] == [f"{one}.xml" for one in asked]  # fmt: skip


def test_the_months_in_which_a_source_was_not_read_are_read(tmp_path: Path) -> None:
    source = read_source(_write(tmp_path, WHOLE.replace("news.xml", "{YYYYMM}.xml")))
    moment = datetime(2027, 1, 20, tzinfo=UTC)
    for since, months in ((datetime(2026, 10, 31, tzinfo=UTC), (12, 11, 10)), (moment, ()), (datetime(2027, 1, 3, tzinfo=UTC), ())):  # fmt: skip
        found = templates.ended(source, moment, since)
        assert [url[-10:] for url in found] == [f"2026{month}.xml" for month in months]
    assert len(templates.ended(source, moment, datetime(2020, 1, 1, tzinfo=UTC))) == 13
    assert templates.begun(source, moment) == []
    [begun] = templates.begun(source, datetime(2027, 1, 10, tzinfo=UTC))
    assert begun.endswith("202701.xml")


def test_an_old_day_is_read_by_the_selectors_of_that_day(tmp_path: Path) -> None:
    text = WHOLE.replace("kind: feed", "kind: listing") + (
        "select: {item: li.new}\n"
        "versions:\n"
        "- {valid_until: 2024-03-31, select: {item: li.older}}\n"
        "- {valid_until: 2025-03-31, select: {item: li.old}, url: 'https://www.city.mihon.example/old'}\n"
    )
    source = read_source(_write(tmp_path, text))
    read = [source.as_of(date(year, 4, 1)) for year in (2023, 2024, 2025)]
    assert [one.select.item for one in read] == ["li.older", "li.old", "li.new"]
    assert read[1].url.endswith("/old")


def test_a_clock_that_is_behind_is_no_fault_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOPEWATCH_NOW", "2020-01-01T00:00+09:00")
    for day, faults in ((last_look(), 0), (last_look() + timedelta(days=1), 1)):
        text = WHOLE.replace("2026-11-01", day.isoformat())
        assert len(lint(read_source(_write(tmp_path, text)))) == faults
