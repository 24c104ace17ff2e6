"""Another surface and another codec in the middle of a session, seen by a foreign WebRTC client."""

import unittest

from harness import ROOT, Server
from robot import Robot
from sightline_assist import PushResult, SessionEvent, SurfaceType, VideoCodec, read_h264, read_ivf

H264 = ROOT / "target/ffi-test/board.h264"


class Surfaces(unittest.IsolatedAsyncioTestCase):
    """From the camera in VP8 to the screen in H.264, and back."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)

    async def seen(self, size):
        """Waits until the witness sees a picture of this size, and some more of them."""
        while True:
            event = await self.witness.event("size")
            if (event["width"], event["height"]) == size:
                break
        await self.witness.event("count")

    async def test_the_screen_needs_its_own_yes_and_the_camera_comes_back_without(self):
        self.witness = await self.server.witness()
        self.addAsyncCleanup(self.witness.stop)
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        await self.seen((640, 360))

        units = read_h264(H264)
        self.assertGreater(len(units), 100)
        self.assertTrue(units[0][0], "it begins with a keyframe")
        robot.session.show_surface(SurfaceType.SCREEN, VideoCodec.H264)
        robot.stop_filming()
        push = robot.session.push_encoded_video
        self.assertEqual(push(0, True, 320, 180, units[0][1]), PushResult.NOT_SENDING)
        stopped = await robot.event(SessionEvent.SENDING_STOPPED)
        self.assertEqual(stopped.surface, SurfaceType.CAMERA)
        asked = await robot.event(SessionEvent.CONSENT_ASKED)
        self.assertEqual(asked.surface, SurfaceType.SCREEN)
        self.assertEqual(push(0, True, 320, 180, units[0][1]), PushResult.NOT_SENDING, "only asked")
        robot.session.set_consent(True)
        started = await robot.event(SessionEvent.SENDING_STARTED)
        self.assertEqual(started.surface, SurfaceType.SCREEN)
        robot.film((320, 180), [(0, keyframe, data) for keyframe, data in units])
        await self.seen((320, 180))

        # The camera's yes still holds. Nothing of the screen is pushed as if it were the camera.
        robot.stop_filming()
        robot.session.show_surface(SurfaceType.CAMERA, VideoCodec.VP8)
        started = await robot.event(SessionEvent.SENDING_STARTED)
        self.assertEqual(started.surface, SurfaceType.CAMERA)
        robot.film(*read_ivf(ROOT / "target/ffi-test/board.ivf"))
        await self.seen((640, 360))


if __name__ == "__main__":
    unittest.main()
