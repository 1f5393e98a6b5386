"""What a message of Telegram brings beside its text; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from commands.chat.messages import MAX_FILE, Brings, is_picture

PHOTO = "photo.jpg"

_KINDS: Mapping[str, Brings] = {
    "animation": "video",  # before `document`, which such a message has too
    "photo": "picture",
    "contact": "contact",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
    "venue": "location",
    "location": "location",
    "dice": "sticker",
    "game": "other",
    "poll": "other",
    "checklist": "other",
    "story": "other",
    "paid_media": "other",
}


def brings_of(raw: Mapping[str, Any]) -> Brings:
    """What a message brings; "" for text alone, a file, and what is said by nobody (a join)."""
    found: Brings = next((kind for field, kind in _KINDS.items() if field in raw), "")
    document = raw.get("document")
    if found or document is None:
        return found
    is_image = str(document.get("mime_type", "")).startswith("image/")
    return "picture" if is_image or is_picture(str(document.get("file_name", ""))) else ""


def contact_of(raw: Mapping[str, Any]) -> str:
    """A contact as text: name and number; "" without one."""
    contact = raw.get("contact") or {}
    parts = (contact.get(part) for part in ("first_name", "last_name", "phone_number"))
    return " ".join(str(part) for part in parts if part)


def photo_of(sizes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A photo as the document that Telegram would have for it: its largest size that we take, else
    its smallest."""
    fitting = [one for one in sizes if (one.get("file_size") or 0) <= MAX_FILE]
    chosen = max(fitting or sizes[:1], key=lambda one: one.get("width") or 0)
    return {**chosen, "file_name": PHOTO}
