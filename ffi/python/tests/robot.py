"""A robot's camera that films until it is told to leave."""

import asyncio

from harness import PATIENCE, ROOT, beats
from sightline_assist import (
    AssistSession, JoinConfig, SessionEvent, SurfaceType, UprightTurn, VideoCodec, read_ivf,
)

VIDEO = ROOT / "target/ffi-test/board.ivf"


def config(link):
    """A customer with a camera."""
    return JoinConfig(
        invitation=link, server=None, name="Robot", surface=SurfaceType.CAMERA,
        codec=VideoCodec.VP8, max_bitrate_bps=4_000_000, insecure=False,
    )


async def event(session, kind, wanted=lambda _: True):
    """The next event of this kind that is wanted; without one, what came instead."""
    others = []
    try:
        async with asyncio.timeout(PATIENCE):
            while not (isinstance(found := await session.events.get(), kind) and wanted(found)):
                others.append(found)
    except TimeoutError:
        raise AssertionError(f"never: {kind.__name__}; {others}") from None
    return found


class Robot:
    """A device in a session that sends pictures whose owner agreed."""

    @classmethod
    async def join(cls, server):
        """Joins, agrees to the camera, and starts to film."""
        self = cls()
        self.session = AssistSession()
        await self.session.join(config(await server.invite("customer")))
        self.session.set_consent(True)
        await self.event(SessionEvent.SENDING_STARTED)
        self.film(*read_ivf(VIDEO))
        return self

    def film(self, size, frames):
        """Pushes these frames at 30 a second from now on; a camera that was held up catches nothing up."""
        self.stop_filming()
        self.filming = asyncio.ensure_future(self._film(size, frames))

    async def _film(self, size, frames):
        loop = asyncio.get_running_loop()
        plane = bytes(size[0] * size[1])
        async for number in beats(1 / 30):
            _, keyframe, data = frames[number % len(frames)]
            time_us = int(loop.time() * 1_000_000)
            self.session.push_luma(time_us, *size, size[0], UprightTurn.NONE, plane)
            self.session.push_encoded_video(time_us, keyframe, *size, data)

    def stop_filming(self):
        """Pushes nothing more."""
        if task := getattr(self, "filming", None):
            task.cancel()

    async def event(self, kind):
        """The next event of this kind."""
        return await event(self.session, kind)

    async def leave(self):
        """Goes."""
        self.stop_filming()
        await self.session.leave()
