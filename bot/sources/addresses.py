"""Which addresses may be connected to: those of listed hosts that are public, or within a range that is listed too."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.errors import ConfigError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What an operator lists: names of hosts, and addresses or ranges of them that may be private."""

    entries: tuple[str, ...]

    def __post_init__(self) -> None:
        for entry in self.entries:
            if "/" in entry and _range(entry) is None:
                raise ConfigError(f"STEWARD_PULL_HOSTS: {entry} is no host, address or range such as 10.1.0.0/16.")

    def has_host(self, host: str) -> bool:
        """Return whether a host may be asked: by its name, or by its address where it is written as one."""
        address = _address(host)
        return host.casefold() in self.entries or (address is not None and self._in_a_range(address))

    def takes(self, text: str) -> bool:
        """Return whether an address a host has may be connected to: a public one, or one that is listed."""
        address = _address(text)
        if address is None:
            return False
        plain = _plain(address)
        return (plain.is_global and not plain.is_multicast) or self._in_a_range(plain)

    def _in_a_range(self, address: Address) -> bool:
        return any((known := _range(entry)) is not None and address in known for entry in self.entries)


def _address(text: str) -> Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _range(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, where it does, so that none hides a private one."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    hidden = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or hidden or address


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raises OSError when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return _once(str(each[4][0]) for each in found)


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
