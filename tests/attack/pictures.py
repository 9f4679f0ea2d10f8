"""Pictures that are small to send and expensive to read."""

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=900, height=600, seed=1, between=b"", pixels=None):
    """Returns a picture that depends on its seed, with the attacker's chunks before its pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    if pixels is None:
        row = bytes((x * seed + channel * 40) % 256 for x in range(width) for channel in range(3))
        pixels = (b"\x00" + row) * height
    return PNG + head + between + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def png_with_metadata(size):
    """Returns a PNG whose eXIf is one long text: 48 MB of it once took 1,972 MB and 8.3 s."""
    entry = struct.pack(">HHII", 0x010F, 2, size, 26)
    exif = b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0) + b"A" * size
    return png(seed=3, between=chunk(b"eXIf", exif))


def png_with_many_chunks(size):
    one = chunk(b"tEXt", b"k\x00v")
    return png(seed=5, between=one * (size // len(one)))


def png_of_a_huge_size():
    """Returns a black picture of 20,000 by 20,000 pixels: 1.2 GB when decoded."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * 20_000)
    packed = b"".join(packer.compress(row) for _ in range(20_000)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    return PNG + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_with_comments(size):
    """Returns a JPEG that begins with empty comments: 12 million of them once took 903 MB."""
    return b"\xff\xd8" + b"\xff\xfe\x00\x02" * (size // 4) + b"\xff\xd9"


def jpeg_with_exif(size):
    """Returns a JPEG with as many EXIF segments of text as fit."""
    text = b"Exif\x00\x00MM\x00\x2a" + b"A" * 65_000
    segment = b"\xff\xe1" + struct.pack(">H", len(text) + 2) + text
    return b"\xff\xd8" + segment * (size // len(segment)) + b"\xff\xd9"
