"""Scrapy's settings for scopewatch, each with its reason."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from crawler.robots import NAME
from crawler.source import Source
from data.config import Config
from data.errors import ConfigError

MIB = 1 << 20
NO_CONTACT = (
    "contact: found nothing, allowed is mailto:you@example.org or an https:// page; without it "
    "no request leaves this machine"
)


def user_agent(config: Config) -> str:
    """An honest name with an address to complain to: what the configured words lack of both is added."""
    own = config.crawl.user_agent or ""
    parts = [own] if own else []
    if NAME not in own.lower():
        parts.append(f"scopewatch/{version('scopewatch')}")
    if config.contact and config.contact.removeprefix("mailto:") not in own:
        parts.append(f"(+{config.contact})")
    return " ".join(parts)


def require_contact(config: Config, sources: list[Source]) -> None:
    """Raise `ConfigError` when a run would leave this machine without saying who answers for it."""
    if config.contact:
        return
    allowed = set(config.crawl.allow_hosts)
    abroad = next((source for source in sources if not source.hosts <= allowed), None)
    if abroad is not None:
        raise ConfigError(f"{NO_CONTACT} ({abroad.id} would go to {min(abroad.hosts - allowed)})")


def scrapy_settings(config: Config) -> dict[str, Any]:
    """The settings of a child process, shared by all of its spiders."""
    crawl = config.crawl
    agent = user_agent(config)
    return {
        "BOT_NAME": "scopewatch",
        "USER_AGENT": agent,
        # The name that webmasters write into robots.txt.
        "ROBOTSTXT_USER_AGENT": NAME,
        # Obeyed; our middleware does it, because Scrapy's fetches on when robots.txt fails.
        "ROBOTSTXT_OBEY": True,
        # Scrapy leaves certificates unchecked by default.
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # Consoles that run code for whoever reaches their port.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        # Only the web: a fetched page must not make us open files or other services. The child adds
        # crawler/handler.py for http and https. Here and below the whole list stands in _BASE: a part that
        # is only switched off is still imported, by each source anew.
        "DOWNLOAD_HANDLERS_BASE": {},
        # Checks and pins the addresses of every name.
        "TWISTED_DNS_RESOLVER": "crawler.resolver.GuardedResolver",
        "SCOPEWATCH_ALLOW_HOSTS": list(crawl.allow_hosts),
        "SCOPEWATCH_CONTACT": config.contact,
        # Counted after decompression too: a bomb ends here.
        "DOWNLOAD_MAXSIZE": crawl.max_body_mib * MIB,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,
        # A cut-off body is an error, not a short article.
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        # Polite: one connection per host, a pause with jitter, longer when the server is slow.
        "CONCURRENT_REQUESTS": crawl.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": crawl.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0.5,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": crawl.delay_seconds,
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        # One more try; what still fails is tried at the next run.
        "RETRY_TIMES": 1,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        # No login, no session: nothing to remember between requests.
        "COOKIES_ENABLED": False,
        # A page names the way it came from to nobody.
        "REFERER_ENABLED": True,
        "REFERRER_POLICY": "no-referrer",
        # Each hop of a redirect passes the guard and robots.txt again.
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_MAXDELAY": 10,
        # A proxy of the environment would resolve names where the guard cannot see.
        "HTTPPROXY_ENABLED": False,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
            "Accept-Language": "ja,en;q=0.5",
        },
        "DOWNLOADER_MIDDLEWARES_BASE": {
            "crawler.middleware.guard.GuardMiddleware": 60,
            "crawler.middleware.robots.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "crawler.middleware.retry_after.RetryAfterMiddleware": 550,
            "crawler.middleware.blocked.BlockedMiddleware": 560,
            "crawler.middleware.conditional.ConditionalMiddleware": 570,
            "crawler.middleware.meta_refresh.QuickMetaRefreshMiddleware": 580,
            "crawler.middleware.record.RecordMiddleware": 580,
            "crawler.middleware.unpack.UnpackMiddleware": 590,
            "crawler.middleware.retry_after.PatientRedirectMiddleware": 600,
            "crawler.middleware.capture.CaptureMiddleware": 880,
        },
        # Spiders judge every status and length themselves; each layer costs every page a generator.
        "SPIDER_MIDDLEWARES_BASE": {
            "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
        },
        # Scrapy starts that many tasks for each asynchronous callback; ours yields one publication
        # (measured: 100, the default, costs 3 ms a page).
        "CONCURRENT_ITEMS": 1,
        "ITEM_PIPELINES": {"crawler.pipelines.StorePipeline": 300},
        # It reads the source of every callback for a mistake that the type checker finds.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        # Health is counted in the tally and told by the parent; Scrapy's own talk is for debugging.
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
        "MEMUSAGE_ENABLED": False,
        "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
    }


def source_settings(source: Source, config: Config) -> dict[str, Any]:
    """What one source overrides: a longer pause, or a publisher's broken certificate chain."""
    settings: dict[str, Any] = {}
    if source.delay_seconds is not None and source.delay_seconds > config.crawl.delay_seconds:
        settings["DOWNLOAD_DELAY"] = source.delay_seconds
        settings["AUTOTHROTTLE_START_DELAY"] = source.delay_seconds
    if source.tls == "unverified":
        settings["DOWNLOAD_VERIFY_CERTIFICATES"] = False
    return settings
