"""Which scopewatch error stands for what went wrong between a request and its response."""

from __future__ import annotations

import zlib
from gzip import BadGzipFile

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import RequestNotSent, RequestTransmissionFailed, ResponseFailed

from data.errors import LayoutChanged, Malformed, Refused, SourceError, Unreachable

FETCH_ERRORS = (
    SourceError,
    IgnoreRequest,
    OSError,
    TlsError,
    zlib.error,
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
    ConnectError,
    ConnectionClosed,
    RequestNotSent,
    RequestTransmissionFailed,
    ResponseFailed,
)
"""What a request may fail with through no fault of scopewatch; anything else is a bug."""


def error_of_download(error: BaseException | None) -> SourceError:
    """As `error_of`, for what the downloader gives to an errback. There a `ValueError` is what Scrapy makes
    of an answer that it cannot follow or unpack: a Location, a meta refresh, a body.
    """
    match error:
        case _ if isinstance(error, (EOFError, BadGzipFile)) or _of_unpacker(error):
            return Malformed("the body's compression is broken")
        case ValueError():
            return Malformed(f"the answer leads to no address: {_first_line(error)}")
    return error_of(error)


def _of_unpacker(error: BaseException | None) -> bool:
    """Whether it comes from Brotli or Zstandard, whose modules are of Scrapy's choice."""
    return type(error).__module__ in {"brotli", "backports.zstd", "compression.zstd"}


def error_of(error: BaseException | None) -> SourceError:
    """The `SourceError` for one of `FETCH_ERRORS`; raises `error` again when it is not one."""
    if error is None:
        return Unreachable("no answer")
    match error:
        case SourceError():
            return error
        case UnsupportedURLSchemeError() | NotSupported():
            return Refused("only http and https are fetched")
        case DownloadCancelledError():
            return Malformed("the body is larger than the cap")
        case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(error):
            return Malformed("the body unpacks to more than the cap")
        case ResponseDataLossError():
            return Malformed("the connection ended before the body did")
        case zlib.error():
            return Malformed("the body's compression is broken")
        case DownloadFailedError() if (reason := _reason(error)) is not None:
            return reason
        case DownloadTimeoutError():
            return Unreachable("no answer in time")
        case CannotResolveHostError():
            return Unreachable("the host name has no address")
        case DownloadConnectionRefusedError():
            return Unreachable("the connection was refused")
        case DownloadFailedError() if error.__cause__ is not None:
            return Unreachable(f"no usable answer: {_reasons(error.__cause__)}")
        case _ if isinstance(error, FETCH_ERRORS):
            return Unreachable(_first_line(error) or type(error).__name__)
    raise error


def _reason(error: BaseException) -> SourceError | None:
    """What we ended the connection for: a certificate."""
    failures = getattr(error.__cause__, "reasons", ())
    return next((one.value for one in failures if isinstance(one.value, SourceError)), None)


def error_of_status(status: int) -> SourceError | None:
    """The error that an HTTP status means for a list or page; None for success and 304."""
    if 200 <= status < 300 or status == 304:
        return None
    if status in {404, 410}:
        return LayoutChanged(f"the address is gone: {status}")
    return Unreachable(f"the server answered {status}")


def _reasons(error: BaseException) -> str:
    """What Twisted says of a broken exchange; it prints a list of objects."""
    found = [getattr(one, "value", one) for one in getattr(error, "reasons", ())]
    words = [_first_line(one) or type(one).__name__ for one in found]
    return "; ".join(dict.fromkeys(words)) or _first_line(error)


def _first_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
