#!/usr/bin/python3
"""A technician on a foreign WebRTC implementation (aiortc, Debian's python3-aiortc).

It joins through the public API alone, as any third-party program would: ticket, WebSocket, offer.
What happens is told as JSON lines on standard output: `joined`, `channel` (one each), `frame` (once
a second), `annotation`, `poses`, `done`. It ends with 0 once it has decoded --frames frames, opened
both data channels and seen --annotations annotation events over its data channel.
"""

import argparse
import asyncio
import contextlib
import json
import sys

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

PROTOCOL_VERSION = 1
KIND_POSES = 1


def tell(event, **fields):
    """Prints one JSON line."""
    print(json.dumps({"event": event, **fields}), flush=True)


class Technician:
    """One participant; `finished` is set once everything wanted was seen."""

    def __init__(self, wanted_frames, wanted_annotations):
        self.wanted_frames = wanted_frames
        self.wanted_annotations = wanted_annotations
        self.frames = 0
        self.annotations = 0
        self.poses = 0
        self.open_channels = set()
        self.surface = None
        self.channels = {}
        self.drawn = False
        self.finished = asyncio.Event()
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.add_channel("annotations", self.on_annotations, ordered=True)
        self.add_channel("realtime", self.on_realtime, ordered=False, maxRetransmits=0)
        self.peer.on("track", self.on_track)

    def add_channel(self, label, on_message, **options):
        """Opens a data channel of ours."""
        channel = self.peer.createDataChannel(label, **options)
        channel.on("message", on_message)
        self.channels[label] = channel

        @channel.on("open")
        def on_open():
            tell("channel", label=label)
            self.open_channels.add(label)
            # The first drawing may have come over the other pipe before this one was open.
            if self.annotations > 0:
                self.draw()
            self.check()

    def on_annotations(self, text):
        """The reliable channel carries JSON."""
        self.on_annotation_message(json.loads(text), "channel")

    def on_annotation_message(self, message, pipe):
        """Steps of the annotation log come over either pipe."""
        if message["type"] == "annotation_events":
            for event in message["events"]:
                self.annotations += 1
                tell("annotation", seq=event["seq"], op=event["op"]["type"], pipe=pipe)
            self.draw()
        self.check()

    def draw(self):
        """Answers the first drawing with one of its own, over the data channel."""
        if self.drawn or self.surface is None or "annotations" not in self.open_channels:
            return
        self.drawn = True
        shape = {"type": "arrow", "from": [0.7, 0.3], "to": [0.55, 0.45]}
        request = {
            "type": "annotation_add",
            "client_id": "foreign-1",
            "surface": self.surface,
            "frame_time": None,
            "attach": "frame",
            "shape": shape,
            "width": 0.006,
        }
        self.channels["annotations"].send(json.dumps(request))

    def on_realtime(self, data):
        """The unreliable channel carries binary packets; byte 0 is the kind."""
        if data[0] == KIND_POSES:
            self.poses += 1

    def on_track(self, track):
        """Decodes every picture that arrives, and the sound when somebody listens."""
        take = {"video": self.on_frame, "audio": self.on_sound}[track.kind]
        if take is not None:
            asyncio.ensure_future(self.follow(track, take))

    async def follow(self, track, take):
        """Hands over what a track brings until it ends."""
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            take(frame)

    def on_frame(self, frame):
        """Counts decoded frames."""
        self.frames += 1
        if self.frames % 30 == 1:
            tell("frame", count=self.frames, width=frame.width, height=frame.height)
        self.check()

    on_sound = None

    def check(self):
        """Ends the wait when everything wanted was seen."""
        if (
            self.frames >= self.wanted_frames
            and self.annotations >= self.wanted_annotations
            and len(self.open_channels) == 2
        ):
            self.finished.set()

    async def offer(self, welcome):
        """The first offer: both channels and the sections that the server wants."""
        for _ in range(welcome["video_slots"]):
            self.peer.addTransceiver("video", direction="recvonly")
        for _ in range(welcome["audio_slots"]):
            self.peer.addTransceiver("audio", direction="recvonly")
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return {"type": "offer", "number": 1, "sdp": self.peer.localDescription.sdp, "tracks": []}

    async def signal(self, socket, token):
        """Speaks on the WebSocket until it closes."""
        await socket.send_json(
            {"type": "hello", "protocol": PROTOCOL_VERSION, "token": token, "tracks_anchors": False}
        )
        async for message in socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            body = json.loads(message.data)
            if body["type"] == "welcome":
                tell("joined", you=body["you"], annotations=len(body["annotations"]))
                self.surface = next((surface["id"] for surface in body["surfaces"]), None)
                await socket.send_json(await self.offer(body))
            elif body["type"] == "answer":
                answer = RTCSessionDescription(sdp=body["sdp"], type="answer")
                await self.peer.setRemoteDescription(answer)
            elif body["type"] == "error":
                tell("error", code=body["code"], message=body["message"])
            else:
                self.on_message(body)

    def on_message(self, body):
        """Any other message of the session."""
        if body["type"] == "annotation_events":
            self.on_annotation_message(body, "websocket")


async def post(http, origin, path, body):
    """A request to the API; ends the program with the server's words when refused."""
    async with http.post(origin + path, json=body, headers={"origin": origin}) as answer:
        content = await answer.json()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {content}")
        return content


@contextlib.asynccontextmanager
async def place(origin, ticket, name):
    """A place in the session: the open WebSocket and the token for its first message."""
    async with aiohttp.ClientSession() as http:
        preview = await post(http, origin, "/api/join/preview", {"ticket": ticket})
        person = {"ticket": preview["ticket"], "name": name}
        joined = await post(http, origin, "/api/join/accept", person)
        async with http.ws_connect(origin + "/api/ws") as socket:
            yield socket, joined["token"]


async def main():
    """Joins, watches, reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True, help="such as http://127.0.0.1:8080")
    parser.add_argument("--ticket", required=True, help="the secret of a technician's link")
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--annotations", type=int, default=2, help="its own answer included")
    parser.add_argument("--timeout", type=float, default=120, help="seconds")
    options = parser.parse_args()
    technician = Technician(options.frames, options.annotations)
    async with place(options.origin, options.ticket, "aiortc") as (socket, token):
        speaking = asyncio.ensure_future(technician.signal(socket, token))
        waiting = asyncio.ensure_future(technician.finished.wait())
        await asyncio.wait(
            {speaking, waiting}, timeout=options.timeout, return_when=asyncio.FIRST_COMPLETED
        )
        tell(
            "done",
            frames=technician.frames,
            annotations=technician.annotations,
            poses=technician.poses,
            channels=sorted(technician.open_channels),
        )
        speaking.cancel()
        await technician.peer.close()
    sys.exit(0 if technician.finished.is_set() else 1)


if __name__ == "__main__":
    asyncio.run(main())
