"""A device in a Sightline session, for scripts and robots.

`AssistSession` and the types around it come from the same core as the phone apps. Their generated
module stays hidden behind this one, which adds what Python wants: events as an async queue.
"""

import asyncio
import struct

from .sightline import (
    AssistError,
    AssistSession as _AssistSession,
    ConnectionState,
    EncoderRequest,
    Invitation,
    JoinConfig,
    JoinedSession,
    Overlay,
    OverlayItem,
    OverlayKind,
    OverlayStatus,
    PushResult,
    SavingCause,
    SessionEvent,
    SessionObserver,
    SurfaceType,
    ThermalState,
    UprightTurn,
    VideoCodec,
    uniffi_set_event_loop,
)

__all__ = [
    "AssistError",
    "AssistSession",
    "ConnectionState",
    "EncoderRequest",
    "Invitation",
    "JoinConfig",
    "JoinedSession",
    "Overlay",
    "OverlayItem",
    "OverlayKind",
    "OverlayStatus",
    "PushResult",
    "SavingCause",
    "SessionEvent",
    "SurfaceType",
    "ThermalState",
    "UprightTurn",
    "VideoCodec",
    "read_ivf",
]

EVENTS_WAITING = 512


class _Ear(SessionObserver):
    """Brings events from the library's thread into the event loop's queues."""

    def __init__(self, loop, events, requests):
        self._loop = loop
        self._events = events
        self._requests = requests

    @staticmethod
    def _put(queue, item):
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(item)

    def on_event(self, event):
        self._loop.call_soon_threadsafe(self._put, self._events, event)

    def on_encoder(self, request):
        self._loop.call_soon_threadsafe(self._put, self._requests, request)


class AssistSession:
    """One device's part in one session; make it inside a running event loop.

    `events` and `encoder_requests` are queues of the newest 512 things that happened. All other
    methods are those of the library: `join`, `look_up`, `send_chat` and `leave` are awaited,
    `set_consent`, `set_paused`, `push_encoded_video`, `push_luma` and `overlay_at` return at once.
    """

    def __init__(self):
        self.events = asyncio.Queue(EVENTS_WAITING)
        self.encoder_requests = asyncio.Queue(EVENTS_WAITING)
        loop = asyncio.get_running_loop()
        uniffi_set_event_loop(loop)
        self._session = _AssistSession(_Ear(loop, self.events, self.encoder_requests))

    def __getattr__(self, name):
        return getattr(self._session, name)


def read_ivf(path):
    """The frames of an IVF file: its size, then (time in microseconds, is keyframe, bytes) each."""
    with open(path, "rb") as file:
        header = file.read(32)
        if len(header) < 32 or header[:4] != b"DKIF" or header[8:12] != b"VP80":
            raise ValueError(f"{path} is no VP8 file in IVF; make one with ffmpeg -c:v libvpx x.ivf")
        width, height = struct.unpack_from("<HH", header, 12)
        rate, scale = struct.unpack_from("<II", header, 16)
        frames = []
        while len(head := file.read(12)) == 12:
            size, stamp = struct.unpack("<IQ", head)
            data = file.read(size)
            # RFC 6386, section 9.1: the first bit of a key frame is 0.
            frames.append((stamp * scale * 1_000_000 // rate, not data[0] & 1, data))
    return (width, height), frames
