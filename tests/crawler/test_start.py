"""What a crawl's start costs: libraries that a quiet day does not need stay unloaded, a second process waits."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from crawler.children import MUCH_NEW
from crawler.reader import Child, launch
from crawler.settings import scrapy_settings
from crawler.shared_settings import SharedSettings
from data.config import Config
from tests.crawler.web import BODY, Place, Web, article, rss, serving

READERS = ("trafilatura", "openpyxl", "docx", "feedparser", "aiohttp")


def _loaded(told: str) -> set[str]:
    """The top-level modules that Python, asked by PYTHONPROFILEIMPORTTIME, says it imported."""
    lines = (
        line.rpartition("|")[2].strip(' "}') for line in told.splitlines() if "import time:" in line
    )
    return {name.partition(".")[0] for name in lines}


def test_a_day_without_news_loads_nothing_that_reads_pages(tmp_path: Path) -> None:
    web, place = Web(), Place(tmp_path)
    with serving(web) as host:
        web.put("/feed.xml", rss(host, [("/1.html", "見出し")]), content_type="text/xml")
        web.put("/1.html", article("見出し", BODY))
        place.source("one", host, "/feed.xml")
        place.configure()
        first = place.crawl("--all", PYTHONPROFILEIMPORTTIME="1")
        second = place.crawl("--all", PYTHONPROFILEIMPORTTIME="1")
    assert (first["new"], second["exit"], second["new"]) == (1, 0, 0)
    assert {"trafilatura", "feedparser", "scrapy"} <= _loaded(first["stderr"])
    assert "scrapy" in _loaded(second["stderr"])
    assert not _loaded(second["stderr"]).intersection(READERS)


@pytest.mark.parametrize(
    ("ready_at", "lanes_done", "waiting", "moment", "helped"),
    [
        (None, 0, 40, 100.0, False),  # it has not begun itself
        (11.0, 0, 40, 11.5, False),  # too early to know its pace
        (11.0, 0, 40, 13.0, True),  # long lanes: not one was done in twice the time of a start
        (11.0, 20, 5, 13.0, False),  # the rest is done before another process is there
        (11.0, 20, 60, 13.0, True),
    ],
)
def test_another_process_comes_where_the_work_left_is_worth_its_start(
    ready_at: float | None, lanes_done: int, waiting: int, moment: float, helped: bool
) -> None:
    with subprocess.Popen(["true"], text=True) as process:
        child = Child(process, 10.0, 10.0, ready_at, lanes_done=lanes_done)
        assert child.needs_help(waiting, moment) is helped


def test_two_processes_start_at_once_where_many_hosts_were_never_read(tmp_path: Path) -> None:
    web, place = Web(), Place(tmp_path)
    with serving(web, "0.0.0.0") as bound:
        port = bound.rpartition(":")[2]
        web.put("/1.html", article("見出し", BODY))
        for n in range(MUCH_NEW):
            host = f"127.0.7.{n + 1}:{port}"
            web.put(f"/{n}.xml", rss(host, [("/1.html", "見出し")]), content_type="text/xml")
            place.source(f"s{n}", host, f"/{n}.xml")
        place.configure()
        first = place.crawl("--all", PYTHONPROFILEIMPORTTIME="1")
        second = place.crawl("--all", PYTHONPROFILEIMPORTTIME="1")
    assert (first["exit"], first["new"], second["exit"], second["new"]) == (0, MUCH_NEW, 0, 0)
    child = re.compile(r'\| +scrapy\.core\.engine"\}$', re.MULTILINE)
    starts = [len(child.findall(told["stderr"])) for told in (first, second)]
    assert starts == [2, 1]


def test_a_sources_settings_stay_its_own() -> None:
    shared = SharedSettings(scrapy_settings(Config()))
    own = shared.copy()
    own.set("DOWNLOAD_DELAY", 99, priority="spider")
    own.freeze()
    assert (own["DOWNLOAD_DELAY"], shared.frozen) == (99, False)
    assert shared["DOWNLOAD_DELAY"] != 99
    assert own.getpriority("DOWNLOAD_DELAY") != shared.getpriority("DOWNLOAD_DELAY")
    assert dict(own["EXTENSIONS_BASE"]) == dict(shared["EXTENSIONS_BASE"])


def test_no_console_and_no_other_scheme_is_left_on() -> None:
    settings = SharedSettings(scrapy_settings(Config()))
    named = {
        name.rpartition(".")[2]
        for part in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES")
        for name in settings.get_component_priority_dict_with_base(part)
    }
    assert not named & {
        "TelnetConsole",
        "RemoteControl",
        "CookiesMiddleware",
        "HttpProxyMiddleware",
    }
    assert {"GuardMiddleware", "RobotsMiddleware", "RetryAfterMiddleware", "AutoThrottle"} <= named
    assert not settings["TELNETCONSOLE_ENABLED"]
    assert not settings["REMOTE_CONTROL_ENABLED"]
    assert dict(settings.getwithbase("DOWNLOAD_HANDLERS")) == {}  # the child adds http and https


def test_a_reader_that_was_launched_in_vain_ends_without_a_word() -> None:
    child = launch()
    told, complaints = child.process.communicate(timeout=100)
    assert (child.process.returncode, told, complaints) == (0, "", "")
    child.discard()


def test_a_wrong_call_leaves_no_process_behind(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.configure()  # names a directory of sources that is not there
    assert place.crawl()["exit"] == 2
    mark = f"SCOPEWATCH_CONFIG={tmp_path}".encode()
    left = [one for one in Path("/proc").glob("[0-9]*/environ") if _holds(one, mark)]
    assert left == []


def _holds(environment: Path, mark: bytes) -> bool:
    try:
        return mark in environment.read_bytes()
    except OSError:
        return False  # another's, or gone meanwhile
