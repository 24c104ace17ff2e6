#!/usr/bin/python3
"""A technician on a foreign WebRTC implementation who tells what it sees and hears.

On top of `tests/foreign/technician.py` it tells `size` for each new size of the picture, `hidden` for
each change of the number of hidden parts, `heard` for each half second of sound with its strongest
frequency in Hz and its level, and `count` (pictures and samples of sound so far) every 30 pictures.
With --save it keeps the brightness of the newest picture in a file, with --tone it says a tone.
It ends when it is told to.
"""

import argparse
import asyncio
import fractions
import pathlib
import sys

import av
import numpy
from aiortc import MediaStreamTrack

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/foreign"))
from technician import Technician, place, tell  # noqa: E402

RATE = 48_000
SAMPLES = 960
WINDOW = RATE // 2


class Tone(MediaStreamTrack):
    """A steady tone."""

    kind = "audio"

    def __init__(self, frequency):
        super().__init__()
        self.frequency = frequency
        self.sent = 0
        self.start = None

    async def recv(self):
        """The next 20 ms, when they are due."""
        loop = asyncio.get_running_loop()
        self.start = self.start or loop.time()
        await asyncio.sleep(max(0, self.start + self.sent / RATE - loop.time()))
        at = numpy.arange(self.sent, self.sent + SAMPLES) / RATE
        wave = (8_000 * numpy.sin(2 * numpy.pi * self.frequency * at)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self.sent
        frame.time_base = fractions.Fraction(1, RATE)
        self.sent += SAMPLES
        return frame


def strongest(wave):
    """The strongest frequency of a piece of sound in Hz, and its level as a share of full scale."""
    spectrum = numpy.abs(numpy.fft.rfft(wave * numpy.hanning(len(wave))))
    frequency = float(numpy.argmax(spectrum) * RATE / len(wave))
    return frequency, float(numpy.sqrt(numpy.mean(numpy.square(wave))) / 32_768)


class Witness(Technician):
    """See the module."""

    def __init__(self, save, tone):
        super().__init__(0, 0)
        self.save = save
        self.tone = Tone(tone) if tone else None
        self.size = None
        self.samples = 0
        self.heard = numpy.zeros(0)
        self.hidden = {}

    def draw(self):
        """A witness draws nothing."""

    def on_frame(self, frame):
        """Tells sizes and counts, and keeps the picture when it should."""
        self.frames += 1
        if self.size != (frame.width, frame.height):
            self.size = (frame.width, frame.height)
            tell("size", width=frame.width, height=frame.height)
        if self.save is not None:
            luma = frame.reformat(format="gray").to_ndarray()
            part = self.save.with_suffix(".part.npy")
            numpy.save(part, luma)
            part.replace(self.save)
        if self.frames % 30 == 0:
            tell("count", frames=self.frames, samples=self.samples)

    def on_sound(self, frame):
        """Tells each half second what it heard."""
        wave = frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1)
        self.samples += len(wave)
        self.heard = numpy.concatenate([self.heard, wave])
        if len(self.heard) >= WINDOW:
            frequency, level = strongest(self.heard[-WINDOW:])
            tell("heard", frequency=frequency, level=level)
            self.heard = numpy.zeros(0)

    def on_message(self, body):
        """Drawings are not its business."""
        if body["type"] == "surface_updated":
            self.on_surface(body["surface"])

    def on_surface(self, surface):
        """Tells how much of the picture is hidden."""
        parts = surface.get("hidden_parts", 0)
        if self.hidden.get(surface["id"], 0) != parts:
            self.hidden[surface["id"]] = parts
            tell("hidden", parts=parts)

    async def offer(self, welcome):
        """The first offer, with the tone when there is one."""
        said = self.peer.addTransceiver(self.tone, direction="sendonly") if self.tone else None
        offer = await super().offer(welcome)
        if said is not None:
            offer["tracks"] = [{"mid": said.mid, "kind": "audio", "surface": None}]
        return offer


async def main():
    """Joins and tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--ticket", required=True)
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--tone", type=float)
    options = parser.parse_args()
    witness = Witness(options.save, options.tone)
    async with place(options.origin, options.ticket, "Witness") as (socket, token):
        await witness.signal(socket, token)
    await witness.peer.close()


if __name__ == "__main__":
    asyncio.run(main())
