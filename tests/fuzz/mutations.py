"""Damage of every kind, drawn by a generator: to bytes, and to what JSON texts say."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

NUMBERS = (
    0,
    1,
    2,
    7,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    2**64 - 1,
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 10**6, 2**31, 2**63, 10**30, 0.5, -0.5, 1e308, 1e-320),
    *("", "a", "relu", "softmax", "0", "\0", "\ud800", "é", "1e9", "x" * 2000, ":", "adam:"),
    *([], {}, [[]], [None], [1, 2], {"a": 1}, [[[[[[[[[[]]]]]]]]]]),
)


def damaged(content: bytes, random: Random) -> bytes:
    """Return bytes with one to four changes."""
    for _ in range(random.randint(1, 4)):
        content = random.choice(CHANGES)(content, random)
    return content


def _flipped(content: bytes, random: Random) -> bytes:
    if not content:
        return b"\0"
    place = random.randrange(len(content))
    return (
        content[:place]
        + bytes([content[place] ^ (1 << random.randrange(8))])
        + content[place + 1 :]
    )


def _set(content: bytes, random: Random) -> bytes:
    """A number that is at the edge of something, in either order of bytes."""
    size = random.choice((1, 2, 4, 8))
    number = random.choice(NUMBERS) % 256**size
    place = random.randrange(len(content) + 1)
    text = number.to_bytes(size, random.choice(("little", "big")))
    return content[:place] + text + content[place + size :]


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _left_out(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + content[place + random.randint(1, 16) :]


def _put_in(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + random.randbytes(random.randint(1, 16)) + content[place:]


def _repeated(content: bytes, random: Random) -> bytes:
    begin = random.randrange(len(content) + 1)
    piece = content[begin : begin + random.randint(1, 64)] * random.randint(2, 20)
    place = random.randrange(len(content) + 1)
    return content[:place] + piece + content[place:]


CHANGES = (_flipped, _flipped, _set, _set, _cut, _left_out, _put_in, _repeated)


def other_json(value: Any, random: Random) -> Any:
    """Return a copy in which one value, anywhere, is another one, is gone, or comes twice."""
    copy = json.loads(json.dumps(value))
    places = list(_places(copy))
    if not places:
        return random.choice(VALUES)
    holder, key = random.choice(places)
    change = random.random()
    if change < 0.1:
        del holder[key]
    elif change < 0.2 and isinstance(holder, list):
        holder.extend([holder[key]] * random.choice((1, 2, 50)))
    elif change < 0.3 and isinstance(holder, dict):
        holder[random.choice([str(v)[:30] for v in VALUES])] = holder.pop(key)
    elif change < 0.5:
        other, place = random.choice(places)
        holder[key] = json.loads(json.dumps(other[place]))
    elif change < 0.6 and type(holder[key]) in (int, float):
        holder[key] = random.choice((-holder[key], holder[key] + 1, holder[key] * 1000))
    else:
        holder[key] = random.choice(VALUES)
    return copy


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in lists and tables: what holds it, and its number or name."""
    keys = range(len(value)) if isinstance(value, list) else ()
    for key in list(value) if isinstance(value, dict) else keys:
        yield value, key
        yield from _places(value[key])
