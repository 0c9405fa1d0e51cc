"""scopewatch.toml: defaults without a file, and errors that say file, key, found, allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.commands import init
from data.config import Config, load_config, read_config
from data.errors import ConfigError


def test_no_file_at_all_is_a_working_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCOPEWATCH_CONFIG", raising=False)
    config = load_config()
    assert config == Config()
    assert config.watch_db == Path("var/watch.db")
    assert config.subscribers[0].channels == ("file",)


def test_what_init_writes_is_valid_and_equals_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "scopewatch.toml"
    init.main([str(path)], standalone_mode=False)
    assert read_config(path).model_dump(exclude={"base"}) == Config().model_dump(exclude={"base"})


def test_the_environment_names_the_file_and_paths_are_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text(
        'contact = "mailto:desk@example.org"\n[store]\ndirectory = "state"\n', encoding="utf-8"
    )
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    assert load_config().watch_db == tmp_path / "state" / "watch.db"


WRONG = {
    "an unknown key": ("colour = 1", "colour", "does not exist"),
    "a key of our own making": ('base = "/etc"', "base", "does not exist"),
    "a number out of range": ("[crawl]\nconcurrency = 0", "crawl.concurrency", "found 0"),
    "a host without a port": (
        '[crawl]\nallow_hosts = ["http://localhost"]',
        "crawl.allow_hosts",
        "localhost:8000",
    ),
    "a contact nobody can write to": ('contact = "me"', "contact", "mailto:"),
    "a contact of blanks": ('contact = "  "', "contact", "mailto:"),
    "a contact that ends a header": (r'contact = "mailto:a@b.jp\r\nX: y"', "contact", "mailto:"),
    "a contact that no header holds": ('contact = "mailto:窓口@b.jp"', "contact", "ASCII"),
    "a User-Agent of two lines": ('[crawl]\nuser_agent = "a\\nb"', "crawl.user_agent", "pattern"),
    "a weekday as a digit": (
        '[[subscribers]]\nname = "a"\n[subscribers.cadence]\non = ["1"]',
        "subscribers[0].cadence.on",
        "found '1' in it, wanted is a list of weekdays by name (mon,",
    ),
    "a time of day": (
        '[[subscribers]]\nname = "a"\n[subscribers.cadence]\nat = "25:00"',
        "subscribers[0].cadence.at",
        "HH:MM",
    ),
    "a secret in the file": (
        '[[subscribers]]\nname = "a"\nchannels = ["slack:https://hooks.example.org/x"]',
        "subscribers[0].channels",
        "environment variable",
    ),
    "two of one name": (
        '[[subscribers]]\nname = "a"\n[[subscribers]]\nname = "a"',
        "the file",
        "twice",
    ),
    "a system that is none": (
        '[[subscribers]]\nname = "a"\n[subscribers.filter]\nsystems = ["driving_license"]',
        "subscribers[0].filter.systems",
        "did you mean driving_licence",
    ),
    "a word that every text contains": (
        '[[subscribers]]\nname = "a"\n[subscribers.filter]\nwithout_words = [" "]',
        "subscribers[0].filter.without_words",
        "not empty",
    ),
    "a file beyond the digests": (
        '[[subscribers]]\nname = "a"\nchannels = ["file:a/../../b"]',
        "subscribers[0].channels",
        "a directory below digests/",
    ),
    "a weekday of a month": (
        '[[subscribers]]\nname = "a"\n[subscribers.cadence]\nevery = "month"\non = ["mon"]',
        "subscribers[0].cadence",
        "`day` of the month",
    ),
    "a day of a week": (
        '[[subscribers]]\nname = "a"\n[subscribers.cadence]\nevery = "week"\nday = 3',
        "subscribers[0].cadence",
        "`on`",
    ),
    "not TOML": ("contact = ", "is not TOML", ""),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_an_error_names_the_file_the_key_and_what_is_allowed(
    tmp_path: Path, case: tuple[str, str, str]
) -> None:
    text, key, allowed = case
    path = tmp_path / "scopewatch.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    message = str(caught.value)
    assert str(path) in message
    assert key in message
    assert allowed in message
    assert "hooks.example.org/x" not in message


def test_a_file_that_is_missing_or_binary_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="scopewatch init"):
        read_config(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00junk")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_config(binary)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path)


def test_a_host_that_is_allowed_is_so_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "scopewatch.toml"
    path.write_text('[crawl]\nallow_hosts = ["LocalHost:8000 ", "[::1]:80"]', encoding="utf-8")
    assert read_config(path).crawl.allow_hosts == ("localhost:8000", "[::1]:80")
