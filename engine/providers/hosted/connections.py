"""Why no connection came about, or why it broke, read off the chain of causes."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from engine.profiles import Profile

_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def connection_words(error: BaseException, profile: Profile) -> str:
    """Say in plain words why a service could not be reached, and what to look at.

    Args:
        error: what was raised, with its causes.
        profile: the service.
    """
    to = _first_stop(profile)
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return (
                    f"the name of {to} cannot be resolved: is it right, and is this machine online?"
                )
            case ssl.SSLCertVerificationError():
                return (
                    f"the certificate of {profile.host} is not trusted ({cause.verify_message}): "
                    "where a company's proxy looks into connections, set SSL_CERT_FILE to its "
                    "certificates"
                )
            case ssl.SSLError():
                return f"{to} and this machine cannot agree on encryption ({cause.reason})"
            case ConnectionRefusedError():
                return f"nothing listens at {to}: is the address right, and the server running?"
            case ConnectionError():
                return f"the connection to {to} broke off"
            case OSError() if cause.errno in _NO_WAY:
                return f"there is no way to {to}: is this machine online?"
    return f"the connection to {to} broke off: {_last_words(error)}"


def _first_stop(profile: Profile) -> str:
    """Return what a connection is made to: the host, or the proxy on the way to it."""
    if profile.on_this_machine:
        return profile.host
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(profile.base_url)
    proxies = getproxies()
    if (parts.scheme in proxies or "all" in proxies) and not proxy_bypass(parts.hostname or ""):
        return f"the proxy on the way to {profile.host} (HTTPS_PROXY)"
    return profile.host


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what lies behind it, the groups of concurrent attempts included."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _causes(part)
        error = error.__cause__ or error.__context__


def _last_words(error: BaseException) -> str:
    """Return the words nearest to the root that are any."""
    return next((text for text in reversed([str(cause) for cause in _causes(error)]) if text), "")
