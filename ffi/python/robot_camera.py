#!/usr/bin/env python3
"""A robot's camera in a session: robot_camera.py LINK VIDEO.ivf LUMA.gray SECONDS

LUMA.gray holds the brightness of the same frames, one byte a pixel: ffmpeg -pix_fmt gray x.gray
"""

import asyncio
import sys
import time

from sightline_assist import AssistSession, JoinConfig, SurfaceType, UprightTurn, VideoCodec, read_ivf


async def main(link, video, luma, seconds):
    (width, height), frames = read_ivf(video)
    planes = memoryview(open(luma, "rb").read())
    session = AssistSession()
    joined = await session.join(
        JoinConfig(invitation=link, server=None, name="Robot", surface=SurfaceType.CAMERA,
                   codec=VideoCodec.VP8, max_bitrate_bps=4_000_000, insecure=False)
    )
    print("joined", joined.agent, flush=True)
    session.set_consent(True)  # The robot's owner decides this, not the agent.
    start, number = time.monotonic(), 0
    while (now := time.monotonic() - start) < seconds:
        _, keyframe, data = frames[number % len(frames)]
        at = (number % len(frames)) * width * height
        stamp = number * 1_000_000 // 30
        session.push_luma(stamp, width, height, width, UprightTurn.NONE, bytes(planes[at : at + width * height]))
        print(session.push_encoded_video(stamp, keyframe, width, height, data).name, flush=True)
        for item in session.overlay_at(stamp).items:
            print("drawing", item.anchor, item.status.name, item.points[:2], flush=True)
        number += 1
        await asyncio.sleep(max(0, number / 30 - now))
    await session.leave()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
