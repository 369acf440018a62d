"""Profiles: the hosted services that ftlab may talk to, each under a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from engine import addresses
from engine.errors import RequestError

Kind = Literal["openai", "azure", "compatible"]

BUILT_IN = "openai"
"""The profile that is there without being configured."""

OPENAI_URL = "https://api.openai.com/v1"
FIELDS = (
    "kind",
    "base_url",
    "organization",
    "project",
    "api_version",
    "key_env",
    "allow_http",
)
"""What a profile in config.toml may say."""

_RESERVED = {
    "local": "training right here",
    "script": "the runs of your own training scripts",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
_HEADER_TEXT = re.compile(r"[!-~]+")
_KEYS_OWN_WORDS = ("key", "api_key", "apikey", "token", "secret", "password", "authorization")


class ProfileError(RequestError):
    """What is said of a profile cannot be so. The words never repeat a value: it may be a key.

    Attributes:
        field: the field at fault, None for the profile as a whole.
        what: what is wrong with it.
    """

    def __init__(self, field: str | None, what: str) -> None:
        self.field = field
        self.what = what
        super().__init__(f"{field} {what}" if field else what)


@dataclass(frozen=True, slots=True)
class Profile:
    """A hosted service and how to address it; its key lives elsewhere (`engine.keys`).

    Attributes:
        name: what `--provider` calls it.
        kind: whose rules it follows.
        base_url: where its API is, without a slash at the end.
        organization: the organization that is asked for, if one is said.
        project: the project that is asked for, if one is said.
        api_version: of Azure, the dated version to speak (`2024-10-21`); None for its v1 API.
        key_env: the environment variable that holds its key.
        allow_http: whether the key may cross a network unencrypted.
    """

    name: str
    kind: Kind
    base_url: str
    organization: str | None = None
    project: str | None = None
    api_version: str | None = None
    key_env: str = ""
    allow_http: bool = False

    @property
    def host(self) -> str:
        """The host that is asked, with the port where one is named."""
        return addresses.host_of(self.base_url)

    @property
    def on_this_machine(self) -> bool:
        """Whether it is a server of this machine, which may need no key."""
        return addresses.is_loopback(self.base_url)


def make(name: str, fields: Mapping[str, object]) -> Profile:
    """Return the profile of a name and what is said of it, everything checked.

    Args:
        name: what to call it.
        fields: what is said of it, by the names in `FIELDS`; the others take their usual values.

    Raises:
        ProfileError: if anything cannot be so.
    """
    check_name(name)
    for field in fields:
        if field not in FIELDS:
            raise ProfileError(field, unknown(field, FIELDS))
    kind = _kind(fields.get("kind", "openai" if name == BUILT_IN else None))
    allow_http = _truth(fields.get("allow_http", False))
    profile = Profile(
        name=name,
        kind=kind,
        base_url=_base_url(kind, fields.get("base_url"), allow_http=allow_http),
        organization=_header_text(fields, "organization"),
        project=_header_text(fields, "project"),
        api_version=_api_version(fields.get("api_version")),
        key_env=_key_env(name, kind, fields.get("key_env")),
        allow_http=allow_http,
    )
    _check_together(profile)
    return profile


def check_name(name: str) -> None:
    """See that a profile may be called so.

    Raises:
        ProfileError: if it may not.
    """
    if addresses.looks_like_key(name):
        raise ProfileError(None, "what looks like a key is no name for a profile")
    if name in _RESERVED:
        raise ProfileError(None, f"no profile can be called '{name}': that is {_RESERVED[name]}")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        # Neither upper case nor underscores: no two names may lead to the same variable.
        raise ProfileError(
            None,
            f"'{name}' is no name for a profile: write up to {_LONGEST_NAME} small letters, digits "
            "and hyphens, a letter first",
        )


def usual_key_env(name: str, kind: Kind) -> str:
    """Return the environment variable that holds a profile's key unless another one is said."""
    if name == BUILT_IN and kind == "openai":
        return "OPENAI_API_KEY"
    if kind == "azure":
        return "AZURE_OPENAI_API_KEY"
    return f"FTLAB_{name.upper().replace('-', '_')}_API_KEY"


def unknown(word: str, known: tuple[str, ...]) -> str:
    """Say of a word that nothing is called so, and what was probably meant."""
    if word.lower() in _KEYS_OWN_WORDS:
        return (
            "is no setting: a key is never written into this file. `ftlab config key set PROFILE` "
            "puts it into the system keyring"
        )
    likely = get_close_matches(word, known, n=1)
    hint = f"did you mean {likely[0]}?" if likely else f"known are {', '.join(known)}"
    return f"is unknown: {hint}"


def _kind(value: object) -> Kind:
    for kind in get_args(Kind):
        if value == kind:
            return kind  # type: ignore[no-any-return]
    raise ProfileError("kind", f"must be one of {', '.join(get_args(Kind))}")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ProfileError("allow_http", "must be true or false")
    return value


def _base_url(kind: Kind, value: object, *, allow_http: bool) -> str:
    if value is None and kind == "openai":
        return OPENAI_URL
    if value is None:
        raise ProfileError("base_url", f"must be said for a service of the kind {kind}")
    if not isinstance(value, str):
        raise ProfileError("base_url", "is no text")
    try:
        return addresses.checked(value, allow_http=allow_http)
    except addresses.AddressError as error:
        raise ProfileError("base_url", str(error)) from None


def _header_text(fields: Mapping[str, object], field: str) -> str | None:
    value = fields.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not _HEADER_TEXT.fullmatch(value):
        raise ProfileError(field, "must be an id without spaces, such as org-abc or proj_abc")
    if addresses.looks_like_key(value):
        raise ProfileError(field, "looks like a key, which no file should hold")
    return value


def _api_version(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _API_VERSION.fullmatch(value):
        raise ProfileError(
            "api_version",
            "must be a dated version such as 2024-10-21; leave it out for the v1 API",
        )
    return value


def _key_env(name: str, kind: Kind, value: object) -> str:
    if value is None:
        return usual_key_env(name, kind)
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ProfileError(
            "key_env",
            "must be the name of an environment variable in capitals, and never the key itself",
        )
    return value


def _check_together(profile: Profile) -> None:
    """See that nothing is said that would do nothing, or lead nowhere."""
    if profile.kind == "azure" and "/deployments" in profile.base_url:
        raise ProfileError(
            "base_url", "leads to one deployment: leave out what comes after the resource's name"
        )
    if profile.api_version is not None and profile.kind != "azure":
        raise ProfileError("api_version", "is something that only the kind azure has")
    if profile.api_version is not None and profile.base_url.endswith("/v1"):
        raise ProfileError(
            "api_version", "does not go with an address of the v1 API: leave one out"
        )
    for field in ("organization", "project"):
        if profile.kind == "azure" and getattr(profile, field) is not None:
            raise ProfileError(field, "is something that the kind azure does not have")
