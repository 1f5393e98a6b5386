"""Reading a posted form with a file: each part up to its limit, the whole in its time."""

import asyncio

from aiohttp import BodyPartReader, web

from bot.adapters.bodies import READ, Unread, check
from commands.chat.messages import MAX_FILE, File

CHUNK = 64 * 1024
MAX_FIELD = 16 * 1024
MAX_FORM = MAX_FILE + 64 * 1024


class LongPart(Unread):
    """A part is too long; `file`: it is the file."""

    def __init__(self, *, file: bool) -> None:
        super().__init__(413)
        self.file = file


async def parts_of(request: web.Request) -> tuple[dict[str, list[str]], File | None]:
    """Return the texts of a form by name, and its file: the part named `file`, under the name its
    sender gave it. Raises Unread."""
    check(request, MAX_FORM)
    try:
        async with asyncio.timeout(READ):
            return await _parts(request)
    except TimeoutError:
        raise Unread(408) from None
    except (Unread, ConnectionError):
        raise
    except Exception:  # the library's, and of many kinds: it is no form
        raise Unread(400) from None


async def _parts(request: web.Request) -> tuple[dict[str, list[str]], File | None]:
    fields: dict[str, list[str]] = {}
    file = None
    async for part in await request.multipart():
        if request.content.total_bytes > MAX_FORM:
            raise Unread(413)
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        is_file = part.name == "file"
        data = await _read_up_to(part, MAX_FILE if is_file else MAX_FIELD)
        if data is None:
            raise LongPart(file=is_file)
        if is_file:
            file = File(name=part.filename or "", data=data)
        else:
            fields.setdefault(part.name, []).append(data.decode(errors="replace"))
    return fields, file


async def _read_up_to(part: BodyPartReader, limit: int) -> bytes | None:
    """Return a whole part, or None if it is longer than the limit."""
    found = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        found += chunk
        if len(found) > limit:
            return None
    return bytes(found)
