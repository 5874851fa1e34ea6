"""Calls to the Hub: what passes is tried again, what stays is said as what, where, and what to try."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import TypeVar

from curator.errors import CuratorError, OutputError, UsageError

__all__ = ["HubError", "is_passing", "refusal", "retried", "status_of", "wait_before"]

_T = TypeVar("_T")
_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 8.0  # seconds; doubled each time
_LONGEST_ASKED = 900.0  # of Retry-After: the Hub counts in windows of five minutes
_PASSING = (408, 429, 500, 502, 503, 504)
_HINTS = {
    401: "log in with `hf auth login`, or set HF_TOKEN to a token that is valid",
    403: "use a token that may write there (type write, or fine-grained with write access to this repository)",
    404: "check the name, OWNER/NAME; a private repository needs a token that may see it",
    409: "it is there already; look at it on the Hub",
    412: "somebody else committed meanwhile: look at what changed, then run the same command again",
    413: "use fewer or smaller files: raise shard_characters",
    429: "the Hub's rate limit is reached: wait some minutes and run the same command again; it sends only the rest",
}
_LATER = "run the same command again later: it sends only the rest"


class HubError(OutputError):
    """The Hub refused, or cannot be reached."""


def retried(call: Callable[[], _T], doing: str, where: str, *, wait: Callable[[float], None] = time.sleep) -> _T:
    """Return what a call returns; it is made again, up to five times, while it fails by what passes.

    Args:
        doing: what the call is to do, for messages.
        where: the repository.

    Raises:
        HubError: it failed for good.
    """
    for tried in range(1, _TRIES + 1):
        try:
            return call()
        except CuratorError:
            raise
        except Exception as error:  # noqa: BLE001  (the client raises its own, its transport's, and hf_xet's)
            asked = wait_before(error, tried)
            if tried == _TRIES or not is_passing(error) or asked is None:
                raise refusal(error, doing, where) from None
            wait(asked)
    raise AssertionError(doing)  # pragma: no cover


def is_passing(error: BaseException) -> bool:
    """Return whether the same call may go well in a moment."""
    status = status_of(error)
    if status:
        return status in _PASSING
    # An answer that should be JSON and is a page of a proxy; and whatever is below HTTP.
    return isinstance(error, json.JSONDecodeError) or any(
        kind in _names(error) for kind in ("TransportError", "ConnectionError", "TimeoutError")
    )


def _chain(error: BaseException) -> list[BaseException]:
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) and cause not in found:
        found.append(cause)
    return found


def _names(error: BaseException) -> set[str]:
    # By name: the transport is httpx or httpx2, as the client's version has it.
    return {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}


def status_of(error: BaseException) -> int:
    """Return the HTTP status behind an error, 0 where there is none."""
    for link in _chain(error):
        status = getattr(getattr(link, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
    return 0


def wait_before(error: BaseException, tried: int) -> float | None:
    """Return the seconds to wait: what the Hub asks for, else longer each time; None where it asks for too much."""
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", {})
        asked = re.fullmatch(r"\s*(\d+)\s*", headers.get("Retry-After", ""))
        # `ratelimit: "api";r=0;t=55`: seconds until the window ends.
        limit = re.search(r"r=0;\s*t=(\d+)", headers.get("ratelimit", ""))
        if asked or limit:
            seconds = float((asked or limit)[1])  # type: ignore[index]
            return seconds + 1 if seconds <= _LONGEST_ASKED else None
    return float(min(_FIRST_WAIT * 2 ** (tried - 1), _LONGEST_WAIT))


def refusal(error: BaseException, doing: str, where: str) -> CuratorError:
    """Return the error that says what the Hub refused."""
    if "HFValidationError" in _names(error):
        return UsageError(_safe(str(error)), where=where, hint="a repository is OWNER/NAME, of letters, digits, - _ .")
    status = status_of(error)
    said = _safe(_message(error))
    if not status:
        if not is_passing(error):
            return HubError(f"{doing}: {type(error).__name__}: {said}", where=where, hint=_LATER)
        hint = f"check the connection and HF_ENDPOINT; {_LATER}"
        return HubError(f"{doing}: no answer ({said})", where=where, hint=hint)
    hint = _HINTS.get(status, _LATER if status >= 500 else "see https://huggingface.co/docs/hub")
    if status == 401 and "Invalid credentials" not in said:
        hint = f"{_HINTS[401]}; a repository that is not there is answered like this too: check the name"
    return HubError(f"{doing}: {status} {said}".rstrip(), where=where, hint=hint)


def _message(error: BaseException) -> str:
    for link in _chain(error):
        said = getattr(link, "server_message", None)
        if said:
            return str(said)
        if getattr(link, "response", None) is not None:
            return ""
    return " ".join(str(error).split()) or type(error).__name__


def _safe(text: str) -> str:
    """Return a message without tokens, and without the queries of addresses, which may be signed."""
    from huggingface_hub import get_token

    token = get_token()
    text = text.replace(token, "***") if token else text
    text = re.sub(r"\bhf_[A-Za-z0-9]{6,}", "***", text)
    return re.sub(r"(https?://[^\s?'\"]+)\?[^\s'\"]*", r"\1", text)
