"""A device in a Sightline session, for scripts and robots.

`AssistSession` and the types around it come from the same core as the phone apps. Their generated
module stays hidden behind this one, which adds what Python wants: events as an async queue.
"""

import asyncio
import atexit
import struct
import threading
import weakref

from .sightline import (
    AssistError,
    AssistSession as _AssistSession,
    ConnectionState,
    EncoderRequest,
    HeardAudio,
    HiddenParts,
    HiddenRegion,
    Invitation,
    JoinConfig,
    JoinedSession,
    Overlay,
    OverlayItem,
    OverlayKind,
    OverlayStatus,
    ParticipantRole,
    PixelRect,
    PushResult,
    ReceivedVideo,
    SavingCause,
    SessionEvent,
    SessionObserver,
    Stroke,
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
    "HeardAudio",
    "HiddenParts",
    "HiddenRegion",
    "Invitation",
    "JoinConfig",
    "JoinedSession",
    "Overlay",
    "OverlayItem",
    "OverlayKind",
    "OverlayStatus",
    "ParticipantRole",
    "PixelRect",
    "PushResult",
    "ReceivedVideo",
    "SavingCause",
    "SessionEvent",
    "Stroke",
    "SurfaceType",
    "ThermalState",
    "UprightTurn",
    "VideoCodec",
    "fill_hidden",
    "read_h264",
    "read_ivf",
]

EVENTS_WAITING = 512


class _Ear(SessionObserver):
    """Brings events from the library's thread into the event loop's queues."""

    def __init__(self, loop, events, requests, gone):
        self._loop = loop
        self._gone = gone
        self._events = events
        self._requests = requests

    def __del__(self):
        self._gone.set()

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
    methods are those of the library: `join`, `look_up`, `send_chat`, `leave`, `draw`, `undo`, `redo`
    and `clear` are awaited, the others return at once, but for `next_audio` and `next_video`, which
    wait: call them with `asyncio.to_thread`.
    """

    def __init__(self):
        self.events = asyncio.Queue(EVENTS_WAITING)
        self.encoder_requests = asyncio.Queue(EVENTS_WAITING)
        loop = asyncio.get_running_loop()
        uniffi_set_event_loop(loop)
        self._gone = threading.Event()
        self._session = _AssistSession(_Ear(loop, self.events, self.encoder_requests, self._gone))
        _live.add(self)

    def __getattr__(self, name):
        return getattr(self._session, name)


_live = weakref.WeakSet()


@atexit.register
def _let_go():
    """Ends what is left, because the library's thread lets go of an observer by calling Python,
    and a thread that calls an interpreter which is shutting down takes the process with it."""
    for session in list(_live):
        session._session = None
        session._gone.wait(2)


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


def read_h264(path):
    """The access units of an H.264 byte stream (annex B): (is keyframe, bytes) each."""
    with open(path, "rb") as file:
        data = file.read()
    starts = [at for at in range(len(data) - 3) if data[at : at + 3] == b"\0\0\1"]
    units, begun, keyframe, sliced = [], None, False, False
    for at in starts:
        kind = data[at + 3] & 0x1F
        # ITU-T H.264, section 7.4.1.2.3: a delimiter, parameters or the first slice of a picture
        # (its number of the first macroblock is 0, one bit that is set) begin a unit.
        first = kind in (6, 7, 8, 9) or (kind in (1, 5) and bool(data[at + 4] & 0x80))
        if first and sliced:
            units.append((keyframe, data[begun:at]))
            begun, keyframe, sliced = None, False, False
        begun = at if begun is None else begun
        keyframe |= kind == 5
        sliced |= kind in (1, 5)
    if begun is not None and sliced:
        units.append((keyframe, data[begun:]))
    return units


def fill_hidden(picture, width, height, rectangles):
    """Fills rectangles (`hidden_pixels`) of an I420 or NV12 picture in place, before it is encoded.

    `picture` is a bytearray of width x height bytes of brightness without padding, then the
    colours, which become grey in both formats at once: all of them, where anything is hidden.
    """
    for rectangle in rectangles:
        row = bytes([64]) * rectangle.width
        for y in range(rectangle.y, rectangle.y + rectangle.height):
            start = y * width + rectangle.x
            picture[start : start + rectangle.width] = row
    if rectangles:
        luma = width * height
        picture[luma:] = bytes([128]) * (len(picture) - luma)
