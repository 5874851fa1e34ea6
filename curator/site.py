"""The site of a document as rules name it: a host in lower case, without `www.`."""

from __future__ import annotations

import re

from curator.extract.page import host_of

__all__ = ["HOST", "rule_site"]

# What the `site` of a rule looks like; letters of any script.
HOST = re.compile(r"[^\W_A-Z]+(?:[.-]+[^\W_A-Z]+)*\.[^\W_A-Z]{2,}")


def rule_site(site: str | None, url: str | None = None) -> str | None:
    """Return the host that a site is, else the host of an address, else None: a site can be a mere name.

    >>> rule_site("WWW.Kompas.com"), rule_site("Kompas", "https://kompas.com/a"), rule_site("BBC News")
    ('kompas.com', 'kompas.com', None)
    """
    for said in (site, url):
        host = host_of(said if said and "://" in said else f"//{said}") if said else None
        if host and HOST.fullmatch(host):
            return host
    return None
