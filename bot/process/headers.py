"""What a browser is told with every page of ours: lend it to nobody, load nothing of others."""

from collections.abc import Mapping

SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
CLOSED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}


def headers(sources: Mapping[str, str], *, cache: str) -> dict[str, str]:
    """The headers of a kind of pages: `sources` says what differs from SOURCES, `cache` what a
    browser may keep."""
    policy = "; ".join(f"{name} {of}" for name, of in {**SOURCES, **sources}.items())
    return {"Content-Security-Policy": policy, **CLOSED, "Cache-Control": cache}
