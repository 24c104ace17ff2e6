"""The wheel in an environment of its own, and the example that joins with it."""

import asyncio
import csv
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

from harness import PATIENCE, ROOT, Program, Server

VIDEO = ROOT / "target/ffi-test/board.ivf"
LUMA = ROOT / "target/ffi-test/board.gray"


def run(*command, **options):
    """Runs a program and gives its standard output; what it complains about fails the test."""
    return subprocess.run(
        [*map(str, command)], check=True, stdout=subprocess.PIPE, text=True, **options
    ).stdout


class Wheel(unittest.IsolatedAsyncioTestCase):
    """What an integrator does."""

    async def test_the_installed_example_is_seen_by_a_foreign_client(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        place = pathlib.Path(folder.name)
        wheel = pathlib.Path(run(ROOT / "scripts/build-wheel", place).strip())
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            record = next(name for name in names if name.endswith("/RECORD"))
            listed = [row[0] for row in csv.reader(archive.read(record).decode().splitlines())]
        self.assertEqual(sorted(listed), sorted(names), "every file is in its list")

        # Outside of the repository, so that nothing but the wheel can be found.
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        await asyncio.to_thread(run, "/usr/bin/python3", "-m", "venv", place / "env")
        python = place / "env/bin/python"
        missing = subprocess.run(
            [python, "-c", "import sightline_assist"], env=bare, cwd=place, stderr=subprocess.PIPE
        )
        self.assertIn(b"ModuleNotFoundError", missing.stderr, "the control")
        await asyncio.to_thread(
            run, python, "-m", "pip", "install", "--no-index", "--disable-pip-version-check",
            "--quiet", wheel,
        )

        server = await Server.start()
        self.addAsyncCleanup(server.stop)
        technician = await server.technician(frames=30)
        self.addAsyncCleanup(technician.stop)
        await technician.event("joined")
        robot = await Program.start(
            python, ROOT / "ffi/python/robot_camera.py", await server.invite("customer"),
            VIDEO, LUMA, str(2 * PATIENCE), env=bare,
        )
        self.addAsyncCleanup(robot.stop)
        await robot.line(lambda line: line.startswith("joined"))
        # The robot's pipe must not fill up while the technician watches.
        draining = asyncio.ensure_future(robot.process.stdout.read())
        self.addCleanup(draining.cancel)
        frame = await technician.event("frame")
        self.assertEqual((frame["width"], frame["height"]), (640, 360))
        done = await technician.event("done")
        self.assertGreaterEqual(done["frames"], 30)


if __name__ == "__main__":
    unittest.main()
