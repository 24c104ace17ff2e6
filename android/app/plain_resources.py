"""Rewrites a framework's resource table for an older aapt2: plain_resources.py JAR APK

The table of Android 15 is packed: sparse lists of entries, 16-bit offsets, entries that hold their
value in 8 bytes. Debian's aapt2 knows only the plain form. Same resources, same numbers; layouts are
the chunks of `ResourceTypes.h`. Chunks that linking does not need (overlayable, aliases of staged
numbers) are left out.
"""

import struct
import sys
import zipfile

STRING_POOL, PACKAGE, TYPE, TYPE_SPEC = 0x0001, 0x0200, 0x0201, 0x0202
SPARSE, OFFSET16 = 1, 2
COMPLEX, COMPACT = 1, 8
NONE = 0xFFFFFFFF


def chunks(data, at, end):
    """Every chunk as (kind, first byte, size of its header, size)."""
    while at < end:
        kind, header, size = struct.unpack_from("<HHI", data, at)
        yield kind, at, header, size
        at += size


def entry(data, at):
    """One entry in the plain form."""
    size, flags = struct.unpack_from("<HH", data, at)
    if flags & COMPACT:
        # Here the first number is the name, and the flags' upper half the kind of value.
        value = struct.unpack_from("<I", data, at + 4)[0]
        return struct.pack("<HHIHBBI", 8, flags & 0xF7, size, 8, 0, flags >> 8, value)
    if flags & COMPLEX:
        count = struct.unpack_from("<I", data, at + 12)[0]
        return data[at : at + size + 12 * count]
    return data[at : at + size + 8]


def offsets(data, at, header, count, flags):
    """Number of each entry that exists, with its offset."""
    for number in range(count):
        if flags & SPARSE:
            index, offset = struct.unpack_from("<HH", data, at + header + 4 * number)
            yield index, offset * 4
        elif flags & OFFSET16:
            offset = struct.unpack_from("<H", data, at + header + 2 * number)[0]
            if offset != 0xFFFF:
                yield number, offset * 4
        else:
            offset = struct.unpack_from("<I", data, at + header + 4 * number)[0]
            if offset != NONE:
                yield number, offset


def plain_type(data, at, header, total):
    """A chunk of the entries of one type and configuration, with `total` places."""
    number, flags, _, count, start = struct.unpack_from("<BBHII", data, at + 8)
    places, body = [NONE] * total, bytearray()
    for index, offset in sorted(offsets(data, at, header, count, flags)):
        places[index] = len(body)
        body += entry(data, at + start + offset)
    start = header + 4 * total
    fixed = struct.pack("<HHIBBHII", TYPE, header, start + len(body), number, 0, 0, total, start)
    return fixed + data[at + 20 : at + header] + struct.pack(f"<{total}I", *places) + body


def plain_package(data, at, header, size):
    """A package with plain types."""
    inner, totals = bytearray(), {}
    for kind, part, part_header, part_size in chunks(data, at + header, at + size):
        if kind == TYPE_SPEC:
            totals[data[part + 8]] = struct.unpack_from("<I", data, part + 12)[0]
        if kind == TYPE:
            inner += plain_type(data, part, part_header, totals[data[part + 8]])
        elif kind in (STRING_POOL, TYPE_SPEC):
            inner += data[part : part + part_size]
    return data[at : at + 4] + struct.pack("<I", header + len(inner)) + data[at + 8 : at + header] + inner


def plain(data):
    """The whole table."""
    _, header, size = struct.unpack_from("<HHI", data, 0)
    out = bytearray()
    for kind, at, part_header, part_size in chunks(data, header, size):
        whole = data[at : at + part_size]
        out += plain_package(data, at, part_header, part_size) if kind == PACKAGE else whole
    return data[:4] + struct.pack("<I", header + len(out)) + data[8:header] + bytes(out)


def main(source, target):
    """Writes what aapt2 needs of a framework."""
    with zipfile.ZipFile(source) as jar, zipfile.ZipFile(target, "w") as apk:
        apk.writestr("AndroidManifest.xml", jar.read("AndroidManifest.xml"))
        apk.writestr("resources.arsc", plain(jar.read("resources.arsc")))


if __name__ == "__main__":
    main(*sys.argv[1:])
