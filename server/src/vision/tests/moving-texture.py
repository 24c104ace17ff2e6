"""Makes moving-texture.ivf: blobs that slide by a known amount, a grey field at the right; and
changing-size.ivf: the same blobs, first 320x240, from frame 40 on scaled to 240x180, from frame 80
on seen upright: 240x320 around the same middle, without the grey field.

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


def encode(name, size, frames):
    out = pathlib.Path(__file__).with_name(name)
    command = (
        f"ffmpeg -y -loglevel error -f rawvideo -pix_fmt gray -s {size[0]}x{size[1]} -r 30 -i -"
        " -pix_fmt yuv420p -c:v libvpx -deadline realtime -cpu-used 8 -lag-in-frames 0"
        f" -error-resilient 1 -auto-alt-ref 0 -g 60 -keyint_min 60 -b:v 400k {out}"
    )
    process = subprocess.Popen(command.split(), stdin=subprocess.PIPE)
    for frame in frames:
        process.stdin.write(frame.round().clip(0, 255).astype(np.uint8).tobytes())
    process.stdin.close()
    assert process.wait() == 0
    return out


def shift(n):
    return 40 * np.sin(2 * np.pi * n / 60), 15 * np.sin(2 * np.pi * n / 90)


def landscape(n):
    frame = sample(*shift(n))
    frame[:, 260:] = 128
    return frame


def plain(n):
    return sample(*shift(n))


def smaller(n):
    # Each pixel of the smaller picture covers 4/3 pixels of the larger one, edges on edges.
    wide = np.repeat(np.repeat(plain(n), 3, 0), 3, 1)
    return wide.reshape(180, 4, 240, 4).mean((1, 3))


def upright(n):
    dx, dy = shift(n)
    y, x = np.mgrid[:320, :240] + 0.0
    y, x = y - 40 + 50 - dy, x + 40 + 100 - dx
    y0, x0 = np.floor(y).astype(int), np.floor(x).astype(int)
    fy, fx = y - y0, x - x0
    rows, columns = big.shape

    def at(down, right):
        # The world goes on as its own mirror image above and below.
        mirrored = np.abs(y0 + down)
        mirrored = np.where(mirrored >= rows, 2 * rows - 2 - mirrored, mirrored)
        return big[mirrored, np.clip(x0 + right, 0, columns - 1)]

    top = at(0, 0) * (1 - fx) + at(0, 1) * fx
    low = at(1, 0) * (1 - fx) + at(1, 1) * fx
    return top * (1 - fy) + low * fy


encode("moving-texture.ivf", (W, H), map(landscape, range(N)))
parts = [
    encode("part-1.ivf", (320, 240), map(plain, range(40))),
    encode("part-2.ivf", (240, 180), map(smaller, range(40, 80))),
    encode("part-3.ivf", (240, 320), map(upright, range(80, 120))),
]
# The parts one after the other, under the first one's header: a keyframe names its own size.
head = parts[0].read_bytes()[:32]
bodies = [part.read_bytes()[32:] for part in parts]
pathlib.Path(__file__).with_name("changing-size.ivf").write_bytes(head + b"".join(bodies))
for part in parts:
    part.unlink()
