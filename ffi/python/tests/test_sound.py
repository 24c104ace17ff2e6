"""Sound over the border, both ways, against a real server and a foreign WebRTC client."""

import asyncio
import unittest

import av
import numpy
from harness import PATIENCE, Server, beats
from robot import Robot
from sightline_assist import AssistError, PushResult, SessionEvent
from witness import RATE, SAMPLES, WINDOW, strongest

ROBOT_HZ = 440.0
WITNESS_HZ = 880.0


def tone_packets(frequency, count):
    """Opus packets of 20 ms of a tone."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"
    encoder.open()
    packets = []
    for number in range(count):
        at = numpy.arange(number * SAMPLES, (number + 1) * SAMPLES) / RATE
        wave = (12_000 * numpy.sin(2 * numpy.pi * frequency * at)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, number * SAMPLES
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


class Sound(unittest.IsolatedAsyncioTestCase):
    """What the person allows is heard, and nothing else."""

    async def asyncSetUp(self):
        self.server = await Server.start()
        self.addAsyncCleanup(self.server.stop)
        self.packets = tone_packets(ROBOT_HZ, 100)

    async def speak(self, session, results):
        """Pushes the tone in real time for ever."""
        async for number in beats(0.02):
            packet = self.packets[number % len(self.packets)]
            results.append(session.push_audio(number * 20_000, packet))

    async def test_a_tone_is_heard_after_the_yes_and_only_then(self):
        witness = await self.server.witness("--tone", WITNESS_HZ)
        self.addAsyncCleanup(witness.stop)
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        results = []
        speaking = asyncio.ensure_future(self.speak(robot.session, results))
        self.addCleanup(speaking.cancel)
        # The control: pictures arrive, the tone is pushed, and nothing is heard.
        while (count := await witness.event("count"))["frames"] < 60:
            pass
        self.assertEqual(count["samples"], 0)
        self.assertEqual(set(results), {PushResult.NOT_SENDING})

        robot.session.set_microphone(True)
        await robot.event(SessionEvent.MICROPHONE_ON)
        while (heard := await witness.event("heard"))["level"] < 0.05:
            pass
        heard = await witness.event("heard")
        self.assertAlmostEqual(heard["frequency"], ROBOT_HZ, delta=6)
        await witness.event("count")  # The picture goes on beside the sound.

        # A muted microphone keeps its consent and sends nothing.
        robot.session.set_muted(True)
        self.assertEqual(robot.session.push_audio(0, self.packets[0]), PushResult.NOT_SENDING)
        robot.session.set_muted(False)
        self.assertIn(
            robot.session.push_audio(10**9, self.packets[0]), (PushResult.TAKEN, PushResult.LEFT_OUT)
        )
        robot.session.set_microphone(False)
        self.assertEqual(robot.session.push_audio(0, self.packets[0]), PushResult.NOT_SENDING)
        await robot.event(SessionEvent.MICROPHONE_OFF)

    async def test_what_others_say_comes_as_packets_in_order(self):
        witness = await self.server.witness("--tone", WITNESS_HZ)
        self.addAsyncCleanup(witness.stop)
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        decoder = av.CodecContext.create("libopus", "r")
        decoder.sample_rate, decoder.layout = RATE, "stereo"
        wave, speakers, stamps = numpy.zeros(0), set(), []
        async with asyncio.timeout(PATIENCE):
            while len(wave) < 2 * WINDOW:
                heard = await asyncio.to_thread(robot.session.next_audio, 1_000)
                if heard is None:
                    continue
                speakers.add(heard.speaker)
                stamps.append(heard.timestamp)
                for frame in decoder.decode(av.Packet(heard.data)):
                    sound = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
                    wave = numpy.concatenate([wave, sound.mean(axis=1)])
        frequency, level = strongest(wave[-WINDOW:])
        self.assertAlmostEqual(frequency, WITNESS_HZ, delta=6)
        self.assertGreater(level, 0.05)
        self.assertEqual(len(speakers), 1)
        steps = {(after - before) % 2**32 for before, after in zip(stamps, stamps[1:])}
        self.assertTrue(all(step % SAMPLES == 0 and 0 < step < RATE for step in steps), steps)

    async def test_bytes_that_are_no_sound_are_refused(self):
        robot = await Robot.join(self.server)
        self.addAsyncCleanup(robot.leave)
        for bad in (b"", b"\x03", bytes(5_000)):
            with self.assertRaises(AssistError.BadFrame):
                robot.session.push_audio(0, bad)

    async def test_the_device_of_linux_is_heard(self):
        witness = await self.server.witness()
        self.addAsyncCleanup(witness.stop)
        device = await self.server.device("--camera", "test", "--microphone", "test")
        self.addAsyncCleanup(device.stop)
        while (heard := await witness.event("heard"))["level"] < 0.05:
            pass
        heard = await witness.event("heard")
        self.assertAlmostEqual(heard["frequency"], 440, delta=6)


if __name__ == "__main__":
    unittest.main()
