"""Socket Mode: a connection we open to Slack, watched, and replaced as a whole when it does not come back."""

import asyncio
import contextlib
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

FAILURES_BEFORE_A_NEW_ONE = 3
log = logging.getLogger(__name__)


class Socket:
    """Keeps one Socket Mode handler alive; a broken one is never used again."""

    def __init__(self, app: AsyncApp, app_token: str, watch: float) -> None:
        self.app, self.app_token, self.watch = app, app_token, watch
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect and to watch."""
        self._renew()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close the connection and stop watching."""
        for task in (self._watching, self._connecting):
            await _ended(task)
        if self._handler:
            await self._close(self._handler)

    async def connected(self) -> bool:
        """Return whether the connection stands and answers pings."""
        return self._handler is not None and await self._handler.client.is_connected()

    def _renew(self) -> None:
        self._handler = AsyncSocketModeHandler(self.app, self.app_token)
        self._connecting = asyncio.create_task(_connect(self._handler))

    async def _watch(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(self.watch)
            if await self.connected():
                if failures:
                    log.warning("slack.socket_back")
                failures = 0
                continue
            failures += 1
            if failures == 1:
                log.warning("slack.socket_down")
            if failures % FAILURES_BEFORE_A_NEW_ONE == 0:
                await self._replace()

    async def _replace(self) -> None:
        old = self._handler
        await _ended(self._connecting)
        if old:
            await self._close(old)
        self._renew()

    async def _close(self, handler: AsyncSocketModeHandler) -> None:
        client = handler.client
        tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
        try:
            await client.close()  # type: ignore[no-untyped-call]  # untyped in the SDK
        except Exception:  # it is broken already; what counts is that it goes away
            log.debug("slack.socket_close_failed", exc_info=True)
        finally:
            await client.aiohttp_client_session.close()
        for task in tasks:
            await _ended(task)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.client.connect()  # type: ignore[no-untyped-call]  # untyped in the SDK


async def _ended(task: "asyncio.Future[None] | None") -> None:
    """Cancel a task and wait until it is over."""
    if task is None:
        return
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
