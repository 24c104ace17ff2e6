"""A real server and its agent, for tests."""

import asyncio
import json
import os
import pathlib
import random
import socket
import tempfile

import aiohttp

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATIENCE = 40


# Linux hands out ports from 32768 on to whoever asks for any.
PORTS = range(20_000, 32_000)


def free_udp_port():
    """A port that nobody uses at this moment, and that nobody is given by chance before it is used."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port := random.choice(PORTS)))
            except OSError:
                continue
            return port


async def beats(period):
    """Counts from 0, once in so many seconds: never faster, also not after a stall of the machine."""
    loop = asyncio.get_running_loop()
    due, number = loop.time(), 0
    while True:
        yield number
        number += 1
        due = max(due + period, loop.time())
        await asyncio.sleep(due - loop.time())


class Program:
    """A program that tells what happens as JSON lines or words on its standard output."""

    def __init__(self, process):
        self.process = process

    @classmethod
    async def start(cls, *arguments, env=None, stdin=None):
        """Starts it; its standard error goes to the test's."""
        process = await asyncio.create_subprocess_exec(
            *map(str, arguments), stdin=stdin, stdout=asyncio.subprocess.PIPE, env=env
        )
        return cls(process)

    async def line(self, wanted):
        """The first line from now on that `wanted` takes."""
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                if wanted(text := line.decode().strip()):
                    return text
        ended = await self.process.wait()
        raise AssertionError(f"it ended with {ended} without saying what was waited for")

    async def event(self, name):
        """The next JSON line of this name."""
        try:
            line = await self.line(lambda text: f'"event":"{name}"' in text.replace(": ", ":"))
        except TimeoutError:
            raise AssertionError(f"never: {name}") from None
        return json.loads(line)

    async def stop(self):
        """Ends it and waits."""
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.wait()


class Server:
    """`sightline serve` with a session and an agent who can invite people into it."""

    @classmethod
    async def start(cls, *network):
        """Starts on free ports with a data folder of its own, behind a network with these options."""
        self = cls()
        self.data = tempfile.TemporaryDirectory()
        # Without a network in front the server takes any free port by itself.
        media = ["127.0.0.1:0"]
        self.network = None
        if network:
            upstream = f"127.0.0.1:{free_udp_port()}"
            self.network = await Program.start(
                ROOT / "target/debug/udp-proxy", "--listen", "127.0.0.1:0", "--upstream", upstream,
                *network, stdin=asyncio.subprocess.PIPE,
            )
            media = [upstream, "--media-advertise", (await self.network.event("listening"))["address"]]
        self.program = await Program.start(
            ROOT / "target/debug/sightline", "serve", "--http", "127.0.0.1:0", "--https", "off",
            "--media", *media, "--data", self.data.name,
            "--web", ROOT / "web-agent/apps",
        )
        ready = await self.program.event("ready")
        self.origin = ready["http"]
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        await self.post("/api/auth/one-time", {"secret": ready["sign_in"].split("/")[-1]})
        self.session = (await self.post("/api/sessions", {"title": "Robot"}))["id"]
        return self

    async def post(self, path, body):
        """A request as the agent."""
        async with self.http.post(
            self.origin + path, json=body, headers={"origin": self.origin}
        ) as answer:
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json()

    async def invite(self, role):
        """The link of an invitation."""
        path = f"/api/sessions/{self.session}/invites"
        return (await self.post(path, {"role": role, "surface": None}))["link"]

    async def technician(self, frames):
        """A foreign WebRTC client that decodes what it sees."""
        ticket = (await self.invite("technician")).split("#")[-1]
        return await Program.start(
            "/usr/bin/python3", ROOT / "tests/foreign/technician.py", "--origin", self.origin,
            "--ticket", ticket, "--frames", frames, "--annotations", 0, "--timeout", PATIENCE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    async def witness(self, *options):
        """A foreign WebRTC client that tells what it sees and hears until it is stopped."""
        ticket = (await self.invite("technician")).split("#")[-1]
        witness = await Program.start(
            "/usr/bin/python3", pathlib.Path(__file__).with_name("witness.py"),
            "--origin", self.origin, "--ticket", ticket, *options,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        await witness.event("joined")
        return witness

    async def device(self, *options):
        """The device of Linux whose owner agreed to everything; it sends."""
        device = await Program.start(
            ROOT / "target/debug/sightline-device", "--invite", await self.invite("customer"),
            "--consent", "yes", *options, stdin=asyncio.subprocess.PIPE,
        )
        device.published = await device.event("publishing")
        return device

    async def stop(self):
        """Ends everything."""
        await self.http.close()
        await self.program.stop()
        if self.network:
            await self.network.stop()
        self.data.cleanup()
