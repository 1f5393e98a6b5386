"""The guide of a role: a page for whoever has that role, served beside the signed-in pages."""

from collections.abc import Collection

from commands.chat.requests import Request

GUIDES = {
    "管理员": "admin",
    "院长": "dean",
    "董办": "dean",
    "招办": "desk",
    "融媒体中心": "media",
    "考核组": "assessor",
    "部门负责人": "head",
    "宣传员": "officer",
    "班主任": "adviser",
    "教师": "teacher",
}
"""Role -> the name of its guide; who has several is led to the first of them."""

PATH = "/pages/guides"


def name_of(roles: Collection[str]) -> str:
    """The guide for somebody with these roles; the teacher's for whoever has none."""
    return next((name for role, name in GUIDES.items() if role in roles), GUIDES["教师"])


def address(request: Request) -> str:
    """Where the asker's guide is; "" without pages."""
    if not request.web_url:
        return ""
    return f"{request.web_url}{PATH}/{name_of(request.who.roles)}"
