"""The guide of a role: a page for whoever has that role, served beside the signed-in pages."""

from commands.chat.requests import Request

GUIDES = {
    "教师": "teacher",
}
"""Role -> the name of its guide; who has several is led to the first of them."""

PATH = "/pages/guides"


def address(request: Request) -> str:
    """Where the asker's guide is; "" where there are no pages, or none for their roles."""
    roles = request.who.roles
    name = next((name for role, name in GUIDES.items() if role in roles), "")
    return f"{request.web_url}{PATH}/{name}" if request.web_url and name else ""
