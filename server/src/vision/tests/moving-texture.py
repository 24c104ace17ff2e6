"""Makes moving-texture.ivf: blobs that slide by a known amount, a grey field at the right.

Frame n (30 a second, 320x240) shows the texture shifted by (40 sin(2 pi n / 60),
15 sin(2 pi n / 90)) pixels; x >= 260 stays flat grey. Needs numpy and ffmpeg with libvpx.
"""

import pathlib
import subprocess

import numpy as np

W, H, N = 320, 240, 120
rng = np.random.default_rng(5)
big = np.full((H + 100, W + 200), 120.0)
ys, xs = np.mgrid[0 : big.shape[0], 0 : big.shape[1]]
for _ in range(900):
    y, x = rng.uniform(0, big.shape[0]), rng.uniform(0, big.shape[1])
    size, level = rng.uniform(2, 9), rng.uniform(-70, 70)
    big += level * (((ys - y) ** 2 + (xs - x) ** 2) < size**2)
big = np.clip(big, 16, 235)


def sample(dx, dy):
    y, x = ys[:H, :W] + 50.0 - dy, xs[:H, :W] + 100.0 - dx
    y0, x0 = np.floor(y).astype(int), np.floor(x).astype(int)
    fy, fx = y - y0, x - x0
    top = big[y0, x0] * (1 - fx) + big[y0, x0 + 1] * fx
    low = big[y0 + 1, x0] * (1 - fx) + big[y0 + 1, x0 + 1] * fx
    return top * (1 - fy) + low * fy


out = pathlib.Path(__file__).with_suffix(".ivf")
command = (
    f"ffmpeg -y -loglevel error -f rawvideo -pix_fmt gray -s {W}x{H} -r 30 -i - -pix_fmt yuv420p"
    f" -c:v libvpx -deadline realtime -cpu-used 8 -lag-in-frames 0 -error-resilient 1"
    f" -auto-alt-ref 0 -g 60 -keyint_min 60 -b:v 400k {out}"
)
process = subprocess.Popen(command.split(), stdin=subprocess.PIPE)
for n in range(N):
    dx, dy = 40 * np.sin(2 * np.pi * n / 60), 15 * np.sin(2 * np.pi * n / 90)
    frame = sample(dx, dy)
    frame[:, 260:] = 128
    process.stdin.write(frame.round().astype(np.uint8).tobytes())
process.stdin.close()
raise SystemExit(process.wait())
