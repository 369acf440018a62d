"""Addresses of services that speak the OpenAI API, as people write them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_UNSEEN = frozenset(map(chr, (*range(33), 127)))
_ENDPOINTS = re.compile(r"/(completions|embeddings|responses|fine_tuning/jobs)$")
_KEY = re.compile(r"\bsk-[\w-]{16,}")


class AddressError(ValueError):
    """An address that no key may be sent to. Its words never repeat it: it may hold a secret."""


def checked(base_url: str, *, allow_http: bool = False) -> str:
    """Return an address without the slashes at its end.

    Args:
        base_url: where an API is, such as `https://api.openai.com/v1`.
        allow_http: whether a key may cross a network unencrypted.

    Raises:
        AddressError: if it is no such address.
    """
    parts = _split(base_url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AddressError("is no address such as https://api.example.com/v1")
    if parts.username is not None or parts.password is not None:
        raise AddressError("has a user or a password in it, which no file should hold")
    if parts.query or parts.fragment:
        raise AddressError("has something behind a ? or # in it: leave that out")
    if looks_like_key(base_url):
        raise AddressError("has in it what looks like a key, which no file should hold")
    if _ENDPOINTS.search(parts.path.rstrip("/")):
        raise AddressError(
            "leads to one endpoint: leave out what comes after the address of the whole API, "
            "which ends in /v1 mostly"
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(base_url):
        raise AddressError(
            "is http, which shows the key to all on the way: use https, or allow it (allow_http)"
        )
    return base_url.rstrip("/")


def looks_like_key(text: str) -> bool:
    """Tell whether a text has a key in it, as OpenAI and many others make them."""
    return _KEY.search(text) is not None


def _split(base_url: str) -> SplitResult:
    if not _UNSEEN.isdisjoint(base_url):
        raise AddressError("has a space or a control character in it")
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        raise AddressError("is no address such as https://api.example.com/v1") from None
    return parts


def is_loopback(base_url: str) -> bool:
    """Tell whether an address leads to this machine itself."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(base_url: str) -> str:
    """Return the host of an address, with the port where one is named."""
    return urlsplit(base_url).netloc.rpartition("@")[2].lower()
