"""What the customer hides is not in the picture that somebody else receives."""

import pathlib
import signal
import subprocess
import tempfile
import unittest

import av
import numpy
from harness import PATIENCE, Server
from robot import Robot
from sightline_assist import HiddenRegion, PushResult, SessionEvent, UprightTurn, fill_hidden

WIDTH, HEIGHT = 640, 360
BLOCK = 20
LEFT, TOP, RIGHT, BOTTOM = 0.25, 0.25, 0.75, 0.75
# Blocks that straddle the edge of the hidden part belong to neither side.
MARGIN = 24
# Four faces of Debian's opencv-doc, two beside two, and where the nose of each is.
FACES = pathlib.Path("/usr/share/doc/opencv-doc/opencv4/html/facereg.jpg")
FACE_CENTERS = [(0.25, 0.23), (0.75, 0.23), (0.25, 0.73), (0.73, 0.7)]
HIDDEN = f"{LEFT},{TOP},{RIGHT - LEFT},{BOTTOM - TOP}"


def blocks():
    """A still picture of grey blocks that nothing predicts."""
    random = numpy.random.default_rng(7)
    grey = random.integers(30, 220, (HEIGHT // BLOCK, WIDTH // BLOCK), dtype=numpy.uint8)
    return numpy.kron(grey, numpy.ones((BLOCK, BLOCK), dtype=numpy.uint8))


def write_clip(path, luma):
    """The picture as half a second of video."""
    still = b"P5 %d %d 255\n" % luma.shape[::-1] + luma.tobytes()
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "image2pipe", "-c:v", "pgm", "-i", "-", "-vf",
         "loop=loop=14:size=1,scale=out_range=tv", "-r", "30", "-pix_fmt", "yuv420p", path],
        input=still, check=True,
    )


def likeness(received, truth):
    """Correlation inside and outside of the hidden part, -1 to 1 each."""
    inside = numpy.zeros(truth.shape, dtype=bool)
    edge = inside.copy()
    top, bottom, left, right = (int(TOP * HEIGHT), int(BOTTOM * HEIGHT), int(LEFT * WIDTH),
                                int(RIGHT * WIDTH))
    edge[top - MARGIN : bottom + MARGIN, left - MARGIN : right + MARGIN] = True
    inside[top:bottom, left:right] = True

    def correlation(mask):
        return float(numpy.corrcoef(received[mask], truth[mask])[0, 1])

    return correlation(inside), correlation(~edge)


class Hidden(unittest.IsolatedAsyncioTestCase):
    """The device of Linux and the bindings."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.saved = pathlib.Path(self.folder.name) / "seen.npy"
        self.truth = blocks()
        self.clip = pathlib.Path(self.folder.name) / "blocks.y4m"
        write_clip(self.clip, self.truth)

    async def received(self, witness, wanted):
        """The newest picture of the witness once `wanted` takes its likeness to the source."""
        for _ in range(PATIENCE):
            await witness.event("count")
            inside, outside = likeness(numpy.load(self.saved), self.truth)
            if wanted(inside, outside):
                break
        return inside, outside

    async def test_a_hidden_part_cannot_be_recovered_from_what_others_receive(self):
        witness = await self.server.witness("--save", self.saved)
        self.addAsyncCleanup(witness.stop)
        device = await self.server.device("--camera", self.clip, "--hide", HIDDEN, "--control")
        self.addAsyncCleanup(device.stop)
        self.assertEqual((await witness.event("hidden"))["parts"], 1)
        inside, outside = await self.received(witness, lambda _, outside: outside > 0.9)
        self.assertLess(abs(inside), 0.1, "what is hidden")
        self.assertGreater(outside, 0.9, "what is not")

        # The control: the same device shows it when its owner says so.
        device.process.stdin.write(b"show\n")
        self.assertEqual((await witness.event("hidden"))["parts"], 0)
        inside, outside = await self.received(witness, lambda inside, _: inside > 0.9)
        self.assertGreater(inside, 0.9)

        # And hides it again in the middle of the session.
        device.process.stdin.write(f"hide {HIDDEN}\n".encode())
        self.assertEqual((await witness.event("hidden"))["parts"], 1)
        inside, outside = await self.received(
            witness, lambda inside, outside: abs(inside) < 0.1 and outside > 0.9
        )
        self.assertLess(abs(inside), 0.1)
        self.assertGreater(outside, 0.9)

    async def test_faces_are_found_and_cannot_be_recovered(self):
        with av.open(str(FACES)) as photograph:
            frame = next(photograph.decode(video=0))
        # Four faces, and room for the padding that hides more than a face.
        side = 400
        truth = frame.reformat(side, side, "gray").to_ndarray()
        clip = pathlib.Path(self.folder.name) / "faces.y4m"
        write_clip(clip, truth)
        witness = await self.server.witness("--save", self.saved)
        self.addAsyncCleanup(witness.stop)
        device = await self.server.device("--camera", clip, "--hide-faces")
        self.addAsyncCleanup(device.stop)
        self.assertGreaterEqual((await witness.event("hidden"))["parts"], 4)
        await witness.event("count")
        parts = [(slice(int(y * side) - 40, int(y * side) + 40),
                  slice(int(x * side) - 40, int(x * side) + 40)) for x, y in FACE_CENTERS]

        def alike():
            received = numpy.load(self.saved)
            return [abs(numpy.corrcoef(received[part].ravel(), truth[part].ravel())[0, 1])
                    for part in parts]

        self.assertLess(max(alike()), 0.2)
        # The control: the same device without the detector shows them.
        device.process.send_signal(signal.SIGINT)
        await device.event("ended")
        device = await self.server.device("--camera", clip)
        self.addAsyncCleanup(device.stop)
        for _ in range(PATIENCE):
            await witness.event("count")
            if min(alike()) > 0.9:
                break
        self.assertGreater(min(alike()), 0.9)

    async def test_no_frame_leaves_between_the_wish_and_the_apps_word_that_it_is_done(self):
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        robot.stop_filming()
        session = robot.session

        def push(time_us, keyframe=True):
            return session.push_encoded_video(time_us, keyframe, 64, 48, b"\x10frame")

        self.assertEqual(push(10**12), PushResult.TAKEN, "the control: nothing is hidden")
        part = HiddenRegion(left=0.5, top=0.5, width=0.25, height=0.25)
        version = session.hide([part])
        self.assertEqual(push(10**12 + 1), PushResult.LEFT_OUT)
        hidden = session.hidden_at(10**12 + 2)
        self.assertEqual((hidden.version, hidden.everything, hidden.regions),
                         (version, False, [part]))
        session.hiding_applied(version, 10**12 + 100)
        self.assertEqual(push(10**12 + 99), PushResult.LEFT_OUT, "captured before it was filled")
        self.assertEqual(push(10**12 + 100), PushResult.TAKEN)
        self.assertEqual((await robot.event(SessionEvent.HIDDEN)).parts, 1)

        # The app fills its buffer by the core's rectangles.
        picture = bytearray(numpy.random.default_rng(1).bytes(64 * 48 * 3 // 2))
        before = bytes(picture)
        [rectangle] = session.hidden_pixels(10**12 + 100, 64, 48, UprightTurn.NONE)
        self.assertEqual((rectangle.x, rectangle.y, rectangle.width, rectangle.height),
                         (32, 24, 16, 12))
        fill_hidden(picture, 64, 48, [rectangle])
        luma, was = (numpy.frombuffer(p, numpy.uint8)[: 64 * 48].reshape(48, 64)
                     for p in (bytes(picture), before))
        self.assertEqual(set(luma[24:36, 32:48].ravel()), {64})
        outside = numpy.ones((48, 64), dtype=bool)
        outside[24:36, 32:48] = False
        self.assertTrue((luma[outside] == was[outside]).all())

        # A detector that has a say and is silent, or fails, stops everything.
        session.hide([])
        session.hiding_applied(version + 1, 10**12 + 200)
        self.assertEqual(push(10**12 + 200), PushResult.TAKEN)
        session.set_private_detector(True)
        self.assertEqual(push(10**12 + 201), PushResult.LEFT_OUT)
        session.private_found(10**12 + 202, [part])
        self.assertEqual(push(10**12 + 202), PushResult.TAKEN)
        self.assertEqual(len(session.hidden_at(10**12 + 202).regions), 1)
        session.private_found(10**12 + 203, None)
        self.assertEqual(push(10**12 + 203), PushResult.LEFT_OUT)


if __name__ == "__main__":
    unittest.main()
