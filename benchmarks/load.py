"""A load of signed slash commands from a process of its own: closed loop for throughput, open loop for latency."""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import aiohttp

SECRET = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Figures:
    """What one run saw: requests answered, wrong answers, requests a second, latencies in milliseconds."""

    answered: int
    wrong: int
    per_second: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Load:
    """What to ask of whom: `texts` in turn, by `connections` at once (closed loop) or `rate` a second (open loop)."""

    url: str
    texts: tuple[str, ...]
    seconds: float
    connections: int = 32
    rate: float = 0.0
    expect: str = ""


def signed(text: str, n: int) -> tuple[dict[str, str], bytes]:
    """Return the headers and body of one `/ai-status` command as Slack would sign it now."""
    fields = {
        "command": "/ai-status", "text": text, "team_id": "T00000001", "user_id": "U00000001",
        "channel_id": "D00000001", "trigger_id": f"{n}.{random.random()}", "api_app_id": "A00000001",
        "response_url": "http://127.0.0.1:9/x",
    }  # fmt: skip
    body = urlencode(fields).encode()
    stamp = str(int(time.clock_gettime(time.CLOCK_REALTIME)))
    digest = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": "v0=" + digest,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return headers, body


class Run:
    """One run of a load: counts what comes back."""

    def __init__(self, load: Load) -> None:
        self.load, self.latencies, self.wrong, self.sent = load, list[float](), 0, 0

    async def ask(self, session: aiohttp.ClientSession, scheduled: float | None = None) -> None:
        """Send one command and note how long its answer took, from when it was due."""
        self.sent += 1
        headers, body = signed(self.load.texts[self.sent % len(self.load.texts)], self.sent)
        begun = scheduled if scheduled is not None else time.perf_counter()
        async with session.post(self.load.url, data=body, headers=headers) as response:
            answer = await response.text()
        self.latencies.append((time.perf_counter() - begun) * 1000)
        self.wrong += response.status != 200 or self.load.expect not in answer

    async def closed(self, session: aiohttp.ClientSession) -> None:
        """Keep `connections` requests under way until time is up."""
        end = time.perf_counter() + self.load.seconds

        async def one() -> None:
            while time.perf_counter() < end:
                await self.ask(session)

        await asyncio.gather(*(one() for _ in range(self.load.connections)))

    async def open(self, session: aiohttp.ClientSession) -> None:
        """Send at `rate` a second with exponential gaps, never waiting for answers."""
        due, end, tasks = time.perf_counter(), time.perf_counter() + self.load.seconds, []
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(self.ask(session, due)))
            due += random.expovariate(self.load.rate)
        await asyncio.gather(*tasks)

    async def figures(self) -> Figures:
        """Run and return what was seen."""
        connector = aiohttp.TCPConnector(limit=0 if self.load.rate else self.load.connections)
        async with aiohttp.ClientSession(connector=connector) as session:
            begun = time.perf_counter()
            await (self.open(session) if self.load.rate else self.closed(session))
            took = time.perf_counter() - begun
        ordered = sorted(self.latencies)
        p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
        return Figures(len(ordered), self.wrong, len(ordered) / took, p50, p99)


async def measure(load: Load) -> Figures:
    """Return the figures of a load run in a process of its own, so that the server is measured and not the client."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load", json.dumps(asdict(load)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return Figures(**json.loads(out))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(asdict(asyncio.run(Run(Load(**{**given, "texts": tuple(given["texts"])})).figures()))))
