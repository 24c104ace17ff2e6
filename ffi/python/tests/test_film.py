"""What a robot's camera sent, read back from the session's record as it was sent."""

import asyncio
import struct
import unittest

from harness import PATIENCE, Server
from robot import VIDEO, Robot, config
from sightline_assist import AssistSession, SessionEvent, read_ivf

DAYS = 3


def frames_of(part):
    """The frame time and the bytes of each frame of a part (core/protocol/src/film.rs)."""
    version, _, count = struct.unpack_from(">BHI", part)
    assert version == 1, version
    place, frames = 7, []
    for _ in range(count):
        _, frame_time, flags, length = struct.unpack_from(">IIBI", part, place)
        place += 13
        frames.append((frame_time, bool(flags & 1), part[place:place + length]))
        place += length
    return frames


class Film(unittest.IsolatedAsyncioTestCase):
    """A company that keeps film, with people who are told and people who are not."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)
        rules = {"mode": "marked_and_inputs", "rules": [], "origins": [], "film_days": DAYS}
        path = self.server.origin + "/api/cobrowse/settings"
        async with self.server.http.put(
            path, json=rules, headers={"origin": self.server.origin}
        ) as answer:
            self.assertEqual(answer.status, 200, await answer.text())

    async def get(self, path):
        """What the agent reads of the record."""
        url = f"{self.server.origin}/api/sessions/{self.server.session}/record{path}"
        async with self.server.http.get(url) as answer:
            self.assertEqual(answer.status, 200, path)
            return await answer.read() if path else await answer.json()

    async def film(self, parts):
        """The record's film once so many parts of it are written."""
        async with asyncio.timeout(PATIENCE):
            while True:
                film = (await self.get(""))["film"]
                if film and len(film["parts"]) >= parts:
                    return film

    async def test_frames_come_back_as_they_were_sent(self):
        robot = Robot()
        robot.session = AssistSession()
        await robot.session.join(config(await self.server.invite("customer")))
        asked = await robot.event(SessionEvent.CONSENT_ASKED)
        self.assertEqual(asked.film_days, DAYS)
        robot.session.set_consent(True, asked.film_days)
        kept = await robot.event(SessionEvent.KEPT)
        self.assertTrue(kept.kept)
        size, video = read_ivf(VIDEO)
        robot.film(size, video)
        await self.film(6)
        await robot.leave()
        film = await self.film(6)
        self.assertEqual([track["codec"] for track in film["tracks"]], ["vp8"])
        self.assertEqual(film["tracks"][0]["kind"], "camera")
        self.assertTrue(film["parts"][0]["keyframe"])
        sent = [data for _, _, data in video]
        frames = []
        for part in film["parts"]:
            content = await self.get(f"/film/{part['n']}")
            self.assertEqual(len(content), part["bytes"])
            found = frames_of(content)
            self.assertEqual(found[0][1], part["keyframe"])
            frames.extend(found)
        # Every frame, byte by byte, in the order of sending, from a keyframe on.
        first = next(n for n, data in enumerate(sent) if data == frames[0][2])
        for n, (_, _, data) in enumerate(frames):
            self.assertEqual(data, sent[(first + n) % len(sent)], f"frame {n}")
        self.assertNotEqual(frames[0][2], frames[1][2], "the control: frames differ")
        # Pushed at 30 a second, as the sender's own clock says, not as they came.
        ticks = [(b[0] - a[0]) % 2**32 for a, b in zip(frames, frames[1:])]
        self.assertTrue(all(0 < step < 90_000 for step in ticks), ticks)
        span = film["parts"][-1]["to_ms"] - film["parts"][0]["from_ms"]
        # A stall of the machine may move the line once.
        self.assertAlmostEqual(sum(ticks) / 90, span, delta=1_000)

    async def test_without_the_days_in_the_answer_nothing_is_kept(self):
        robot = await Robot.join(self.server)
        technician = await self.server.technician(30)
        self.addAsyncCleanup(technician.stop)
        # Somebody saw thirty frames: there was enough to keep.
        await technician.event("joined")
        self.assertEqual(await technician.process.wait(), 0)
        await robot.leave()
        # The control: somebody who comes later and agrees to it is kept, and nobody else was.
        other = Robot()
        other.session = AssistSession()
        place = await other.session.join(config(await self.server.invite("customer")))
        asked = await other.event(SessionEvent.CONSENT_ASKED)
        other.session.set_consent(True, asked.film_days)
        await other.event(SessionEvent.KEPT)
        other.film(*read_ivf(VIDEO))
        self.addAsyncCleanup(other.leave)
        film = await self.film(2)
        self.assertEqual([track["participant"] for track in film["tracks"]], [place.participant])


if __name__ == "__main__":
    unittest.main()
