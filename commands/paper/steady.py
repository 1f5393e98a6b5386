"""Office files are zip archives that record when they were packed; this removes those times."""

import io
import zipfile

PACKED = (1980, 1, 1, 0, 0, 0)
"""The time given to every part: the earliest a zip archive can hold."""


def steady(data: bytes) -> bytes:
    """The same archive without its times, so that the same content has the same bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as packed,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for entry in packed.infolist():
            told = zipfile.ZipInfo(entry.filename, PACKED)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            again.writestr(told, packed.read(entry.filename))
    return out.getvalue()
