"""Single requests that a person asks for by an address: guarded, with a contact, and as robots.txt permits."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.addresses import allowed, check_target, target_of
from crawler.fetch import Fetched, fetch
from crawler.robots import LONGEST_DELAY, Permission, permission, require
from crawler.settings import NO_CONTACT, user_agent
from crawler.turns import Turns
from data.config import Config
from data.errors import ConfigError, Malformed, Unreachable


class Visitor:
    """Asks each host's robots.txt once, before its first page."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._agent = user_agent(config)
        self._turns = Turns(config)
        self._known: dict[str, Permission] = {}

    def get(self, url: str) -> Fetched:
        """The answer to GET `url`; raises `Refused`, `ConfigError` without a contact, or as `fetch` does."""
        target = target_of(url)
        check_target(target, self._config.crawl.allow_hosts)
        if self._config.contact is None and not allowed(target, self._config.crawl.allow_hosts):
            raise ConfigError(NO_CONTACT)
        require(self._permission(url), url)
        return self._fetch(url)

    def _fetch(self, url: str, *, any_status: bool = False) -> Fetched:
        return fetch(
            url, self._config, user_agent=self._agent, turns=self._turns, any_status=any_status
        )

    def _permission(self, url: str) -> Permission:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._known:
            try:
                answer = self._fetch(f"{host}/robots.txt", any_status=True)
                self._known[host] = found = permission(answer.status, answer.body)
                self._turns.slow_down(parts.hostname or "", min(found.delay, LONGEST_DELAY))
            except (Unreachable, Malformed) as error:
                self._known[host] = Permission(unreadable=str(error))
        return self._known[host]
