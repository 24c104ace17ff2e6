"""A technician on the bindings watches and draws on what the device of Linux films.

The device plays a rendered clip whose every frame is known, and where nine points of it are. What the
technician receives is decoded by a foreign decoder (PyAV, that is FFmpeg) and compared with the clip.
"""

import asyncio
import math
import time
import unittest

import av
import numpy
from harness import PATIENCE, ROOT, Server, beats
from robot import Robot, event
from sightline_assist import (
    AssistError, AssistSession, JoinConfig, OverlayKind, OverlayStatus, ParticipantRole, PushResult,
    SessionEvent, Stroke, SurfaceType, VideoCodec, read_ivf,
)
from test_sound import tone_packets

CLIP = ROOT / "target/demo/board.mp4"
# Its first six seconds, 640 pixels wide, brightness only.
GREY = ROOT / "target/ffi-test/board.gray"
GREY_FRAMES = 180
WIDTH, HEIGHT = 640, 360
# Pixels that the truth is given in.
TRUTH_WIDTH, TRUTH_HEIGHT = 1280, 720
TICKS = 3_000
POINT = 1
BOX = 20


def truth():
    """Where the point is in each frame of the clip, in shares."""
    lines = (CLIP.parent / f"{CLIP.name}.gt.csv").read_text().splitlines()[1:]
    rows = [[float(cell) for cell in line.split(",")] for line in lines]
    at = 2 + 2 * POINT
    return [(row[at] / TRUTH_WIDTH, row[at + 1] / TRUTH_HEIGHT) for row in rows]


def clip_frame(number):
    """The brightness of one of the first frames of the clip, as small as it is sent."""
    frames = numpy.memmap(GREY, numpy.uint8, "r").reshape(-1, HEIGHT, WIDTH)
    return frames[number % len(frames)]


def another_clip():
    """A frame of another clip: grey blocks that nothing predicts."""
    random = numpy.random.default_rng(7)
    grey = random.integers(30, 220, (HEIGHT // BOX, WIDTH // BOX), dtype=numpy.uint8)
    return numpy.kron(grey, numpy.ones((BOX, BOX), dtype=numpy.uint8))


def likeness(one, other):
    """Correlation of two pictures."""
    return float(numpy.corrcoef(one.ravel(), other.ravel())[0, 1])


def off(found, wanted):
    """How far a place is from where it should be, as a share of the frame's width."""
    return math.hypot(found[0] - wanted[0], (found[1] - wanted[1]) * HEIGHT / WIDTH)


def middle(item):
    """The middle of the box around a drawing."""
    xs, ys = item.points[0::2], item.points[1::2]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


class Technician:
    """A technician on the bindings, with a decoder."""

    @classmethod
    async def join(cls, server):
        """Joins with a technician's link."""
        self = cls()
        self.session = AssistSession()
        link = await server.invite("technician")
        invitation = await self.session.look_up(link, None, False)
        assert invitation.role == ParticipantRole.TECHNICIAN, invitation
        self.place = await self.session.join(JoinConfig(
            invitation=invitation.link, server=None, name="Tess", surface=SurfaceType.CAMERA,
            codec=VideoCodec.H264, max_bitrate_bps=1_000_000, insecure=False,
        ))
        self.decoder = None
        return self

    async def event(self, kind, wanted=lambda _: True):
        """The next event of this kind that is wanted."""
        return await event(self.session, kind, wanted)

    async def frame(self):
        """The next encoded frame."""
        async with asyncio.timeout(PATIENCE):
            while (frame := await asyncio.to_thread(self.session.next_video, 500)) is None:
                pass
        return frame

    def decode(self, frame):
        """The brightness of the next frame; it must be one, and at once."""
        if self.decoder is None:
            assert frame.keyframe
            name = {VideoCodec.VP8: "vp8", VideoCodec.H264: "h264"}[frame.codec]
            self.decoder = av.CodecContext.create(name, "r")
            self.decoder.thread_count = 1
            self.decoder.flags |= 1 << 19  # AV_CODEC_FLAG_LOW_DELAY
        [picture] = self.decoder.decode(av.Packet(frame.data))
        assert (picture.width, picture.height) == (frame.width, frame.height)
        return picture.reformat(format="gray").to_ndarray()


class Watching(unittest.IsolatedAsyncioTestCase):
    """See the module."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)
        self.truth = truth()

    def number(self, frame_time):
        """Which frame of the clip a frame time names; the clip plays in a loop."""
        ticks = (frame_time - self.base) % 2**32
        return round(ticks / TICKS) % len(self.truth)

    async def film(self, *options):
        """The customer's device."""
        self.device = await self.server.device(
            "--camera", CLIP, "--max-width", WIDTH, "--control", *options
        )
        self.addAsyncCleanup(self.device.stop)
        self.base = self.device.published["frame_time_base"]

    async def watch(self, codec, option):
        """What is received is the clip, frame by frame, from a keyframe on, and again when asked."""
        await self.film("--codec", option)
        tess = await Technician.join(self.server)
        self.addAsyncCleanup(tess.session.leave)
        self.assertEqual(tess.place.role, ParticipantRole.TECHNICIAN)
        shown = await tess.event(SessionEvent.PICTURE_SHOWN)
        self.assertEqual((shown.surface, shown.paused), (SurfaceType.CAMERA, False))
        first = await tess.frame()
        self.assertTrue(first.keyframe)
        self.assertEqual((first.codec, first.width, first.height), (codec, WIDTH, HEIGHT))
        picture = tess.decode(first)
        times = [first.frame_time]
        while len(times) < 45 or self.number(times[-1]) >= GREY_FRAMES:
            frame = await tess.frame()
            picture = tess.decode(frame)
            times.append(frame.frame_time)
        number = self.number(times[-1])
        alike = likeness(picture, clip_frame(number))
        self.assertGreater(alike, 0.9, f"frame {number} of the clip")
        other = likeness(picture, another_clip())
        self.assertLess(other, 0.5, "the control: another clip")
        later = likeness(picture, clip_frame(number + 90))
        self.assertLess(later, alike - 0.1, "the control: the clip three seconds later")
        steps = [(after - before) % 2**32 for before, after in zip(times, times[1:])]
        self.assertTrue(all(0 < step < 90_000 for step in steps), f"in order: {steps}")

        # The control: frames go on without keyframes, so that the next one is the answer. A machine
        # that was held up here has one keyframe of its own to go on with.
        while (await tess.frame()).keyframe:
            pass
        tess.session.request_keyframe()
        frame = await tess.frame()
        self.assertTrue(frame.keyframe)
        tess.decoder = None
        tess.decode(frame)
        return tess

    async def follow(self, tess, frames):
        """Where the one drawing is on each of the next frames: (frame time, off, item)."""
        seen = []
        for _ in range(frames):
            frame = await tess.frame()
            for item in tess.session.overlay_on(frame.frame_time).items:
                wanted = self.truth[self.number(frame.frame_time)]
                seen.append((frame.frame_time, off(middle(item), wanted), item))
        return seen

    async def test_a_technician_sees_the_clip_and_the_circle_stays_on_its_point(self):
        tess = await self.watch(VideoCodec.VP8, "vp8")
        drawn_on = (await tess.frame()).frame_time
        x, y = self.truth[self.number(drawn_on)]
        circle = Stroke(
            kind=OverlayKind.CIRCLE, points=[x, y, 0.06, 0.1], width=0.008, text=None,
            frame_time=drawn_on,
        )
        tess.session.hold_frame(drawn_on, True)
        drawing = asyncio.ensure_future(tess.session.draw(circle))
        seen = await self.follow(tess, 90)
        anchor = await drawing
        tess.session.hold_frame(drawn_on, False)
        self.assertGreater(len(seen), 60, "it is shown nearly always")
        tracked = [it for it in seen if it[2].status == OverlayStatus.TRACKING]
        self.assertGreater(len(tracked), 45)
        worst = max(tracked, key=lambda it: it[1])
        self.assertLess(worst[1], 0.02, f"frame {self.number(worst[0])}")
        self.assertEqual({item.anchor for _, _, item in tracked}, {anchor})
        places = [middle(item) for _, _, item in tracked]
        moved = max(off(place, places[0]) for place in places)
        self.assertGreater(moved, 0.03, "the control: the point moves, and the circle with it")
        # On the frame that it was drawn on it is where it was drawn.
        [item] = tess.session.overlay_on(drawn_on).items
        self.assertLess(off(middle(item), (x, y)), 0.001)

        # The customer's device has it in the same place.
        async with asyncio.timeout(PATIENCE):
            while not (poses := await self.device.event("poses"))["centers"]:
                pass
        [center] = poses["centers"]
        self.assertEqual(center["anchor"], anchor)
        self.assertLess(off(center["at"], self.truth[self.number(poses["frame_time"])]), 0.02)

        await tess.session.undo()
        self.assertEqual(await self.follow(tess, 10), [])
        with self.assertRaises(AssistError.Refused):
            await tess.session.undo()
        await tess.session.redo()
        # Frames from before it may wait, and the tracker is asked for it anew.
        async with asyncio.timeout(PATIENCE):
            while not await self.follow(tess, 1):
                pass
        await tess.session.clear()
        self.assertEqual(await self.follow(tess, 10), [])
        wrong = Stroke(kind=OverlayKind.ARROW, points=[0, 0], width=0.01, text=None, frame_time=None)
        with self.assertRaises(AssistError.Refused):
            await tess.session.draw(wrong)

        # A curtain, and what comes after it.
        self.device.process.stdin.write(b"pause\n")
        await tess.event(SessionEvent.PICTURE_SHOWN, lambda it: it.paused)
        self.device.process.stdin.write(b"resume\n")
        await tess.event(SessionEvent.PICTURE_SHOWN, lambda it: not it.paused)
        while not (frame := await tess.frame()).keyframe:
            pass
        tess.decoder = None
        tess.decode(frame)
        self.device.process.stdin.write(b"consent off\n")
        await tess.event(SessionEvent.PICTURE_GONE)
        with self.assertRaises(AssistError.Refused):
            await tess.session.draw(circle)

    async def test_h264_comes_the_same_way(self):
        await self.watch(VideoCodec.H264, "h264")

    async def test_on_a_bad_network_every_frame_that_comes_can_be_decoded(self):
        self.server = await Server.start("--delay-ms", 10, "--jitter-ms", 10, "--seed", 4)
        self.addAsyncCleanup(self.server.stop)
        await self.film("--bitrate", 4_000_000)
        tess = await Technician.join(self.server)
        self.addAsyncCleanup(tess.session.leave)
        tess.decode(await tess.frame())
        network = self.server.network

        async def lost():
            network.process.stdin.write(b"count\n")
            return (await network.event("counts"))["lost"]

        self.assertEqual(await lost(), 0)
        network.process.stdin.write(b"loss 0.03\n")
        keyframes = 0
        count, number, gone = 0, GREY_FRAMES, 0
        # How much is sent in a while is the network's business: it goes on until enough was lost.
        while count < 75 or number >= GREY_FRAMES or gone <= 20:
            frame = await tess.frame()
            keyframes += frame.keyframe
            if frame.keyframe:
                tess.decoder = None
            picture = tess.decode(frame)
            number = self.number(frame.frame_time)
            count += 1
            if count >= 75:
                gone = await lost()
        self.assertGreater(likeness(picture, clip_frame(number)), 0.9, f"frame {number}")
        # A packet that is not sent again in time costs a keyframe.
        self.assertLess(keyframes, gone / 4, f"{gone} packets lost")

    async def test_a_technician_speaks_without_the_customers_consent_and_films_nothing(self):
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        tess = await Technician.join(self.server)
        self.addAsyncCleanup(tess.session.leave)
        size, frames = read_ivf(ROOT / "target/ffi-test/board.ivf")
        tess.session.set_consent(True)
        self.assertTrue((await tess.event(SessionEvent.WARNING)).message)
        pushed = tess.session.push_encoded_video(0, True, *size, frames[0][2])
        self.assertEqual(pushed, PushResult.NOT_SENDING)
        tess.session.set_microphone(True)
        await tess.event(SessionEvent.MICROPHONE_ON)
        packets = tone_packets(440.0, 50)

        async def speak():
            async for number in beats(0.02):
                tess.session.push_audio(number * 20_000, packets[number % len(packets)])

        speaking = asyncio.ensure_future(speak())
        self.addCleanup(speaking.cancel)
        heard = []
        async with asyncio.timeout(PATIENCE):
            while len(heard) < 50:
                if packet := await asyncio.to_thread(robot.session.next_audio, 1_000):
                    heard.append((packet, time.monotonic()))
        steps = [(b.timestamp - a.timestamp) % 2**32 for (a, _), (b, _) in zip(heard, heard[1:])]
        lost = [b.lost for b, _ in heard[1:]]
        self.assertEqual(steps, [960 * (1 + count) for count in lost], "in order, gaps told")
        self.assertEqual({packet.speaker for packet, _ in heard}, {tess.place.participant})
        # The frame that a robot sends is the frame that a technician gets, byte by byte.
        sent = {data for _, _, data in frames}
        self.assertIn((await tess.frame()).data, sent)
        # A customer's own device watches nobody.
        self.assertIsNone(robot.session.next_video(0))
        with self.assertRaises(AssistError.Refused):
            await robot.session.undo()


if __name__ == "__main__":
    unittest.main()
