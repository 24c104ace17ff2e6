"""The Python bindings against a real server."""

import unittest

from harness import Server
from robot import VIDEO, config, event
from sightline_assist import (
    AssistError, AssistSession, PushResult, SessionEvent, UprightTurn, read_ivf,
)


class RobotCamera(unittest.IsolatedAsyncioTestCase):
    """What an integrator does."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)

    async def test_nothing_is_sent_before_the_yes_nor_after_the_no(self):
        session = AssistSession()
        size, frames = read_ivf(VIDEO)
        plane = bytes(size[0] * size[1])

        def push(number):
            at = number * 33_333
            luma = session.push_luma(at, *size, size[0], UprightTurn.NONE, plane)
            time_us, keyframe, data = frames[number % len(frames)]
            return {luma, session.push_encoded_video(at, keyframe, *size, data)}

        self.assertEqual(push(0), {PushResult.NOT_SENDING})
        link = await self.server.invite("customer")
        joined = await session.join(config(link))
        self.assertTrue(joined.participant.startswith("par_"))
        await event(session, SessionEvent.CONSENT_ASKED)
        self.assertEqual(push(0), {PushResult.NOT_SENDING}, "the person was only asked")
        session.set_consent(True)
        await event(session, SessionEvent.SENDING_STARTED)
        self.assertEqual(push(0), {PushResult.TAKEN}, "the control: after the yes it is taken")
        session.set_paused(True)
        self.assertEqual(push(1), {PushResult.NOT_SENDING})
        session.set_paused(False)
        session.set_consent(False)
        self.assertEqual(push(2), {PushResult.NOT_SENDING})
        await event(session, SessionEvent.SENDING_STOPPED)
        await session.leave()
        with self.assertRaises(AssistError.NotJoined):
            session.set_consent(True)

    async def test_errors_say_what_an_app_can_do(self):
        for invitation, error in [
            ("nonsense", AssistError.BadInvitation),
            (f"{self.server.origin}/j/#wrongwrongwrong", AssistError.InvalidCode),
            ("http://127.0.0.1:9/j/#abcdefghij", AssistError.Unreachable),
        ]:
            session = AssistSession()
            with self.assertRaises(error):
                await session.join(config(invitation))
        session = AssistSession()
        invitation = await session.look_up(await self.server.invite("customer"), None, False)
        self.assertEqual(invitation.company, "Sightline")
        await session.join(config(invitation.link))
        with self.assertRaises(AssistError.AlreadyJoined):
            await session.join(config(invitation.link))
        await session.send_chat("Hello")
        with self.assertRaises(AssistError.Refused):
            await session.send_chat("")
        await session.leave()


if __name__ == "__main__":
    unittest.main()
