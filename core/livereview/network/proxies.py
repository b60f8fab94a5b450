"""Proxies: which one the environment or the system names for an address, and connections through it.

The address of a proxy can hold a password: it is shown nowhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from livereview.types import PluginError

if TYPE_CHECKING:
    from urllib3 import PoolManager

_PROXY = re.compile(r"https?://(?:[^@/]*@)?([^@/:]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?/?", re.IGNORECASE)
_SERVERS = 8


def proxy_for(url: str) -> str | None:
    """The proxy that the environment (``HTTPS_PROXY``, ``NO_PROXY``) or the system names for an address.

    PluginError where it is none that can be used.
    """
    from urllib.request import getproxies, proxy_bypass  # loads TLS

    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not _PROXY.fullmatch(proxy):
        raise PluginError(
            f"The proxy for {parts.scheme} addresses that the environment names cannot be used: it would have to look "
            "like http://proxy.example.org:3128. Set HTTPS_PROXY, or unset it."
        )
    return proxy


def pool_through(proxy: str | None) -> PoolManager:
    """Connections through a proxy, or without one."""
    from urllib3 import PoolManager, ProxyManager, make_headers

    if proxy is None:
        return PoolManager(num_pools=_SERVERS)
    parts = urlsplit(proxy)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if parts.username is None:
        return ProxyManager(address, num_pools=_SERVERS)
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return ProxyManager(address, num_pools=_SERVERS, proxy_headers=make_headers(proxy_basic_auth=user))
