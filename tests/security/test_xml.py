"""The app's callback: XML that attacks, and XML that is only what somebody typed."""

from collections.abc import AsyncIterator
from time import perf_counter

import pytest

from bot.adapters.wecom.fields import fields_of
from tests.security.sites import Doors, doors

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {two} "{f"&{one};" * 10}">'
        for one, two in zip("abcdefg", "bcdefgh", strict=True)
    )
    + "]>"
)


@pytest.fixture
async def here() -> AsyncIterator[Doors]:
    async with doors() as found:
        yield found


def message(content: str, head: str = "", number: int = 7) -> str:
    return (
        f"{head}<xml><ToUserName><![CDATA[ww]]></ToUserName>"
        "<FromUserName><![CDATA[lin]]></FromUserName><CreateTime>1711690000</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content>{content}</Content>"
        f"<MsgId>{number}</MsgId><AgentID>1000002</AgentID></xml>"
    )


DECLARED = {
    "entities that multiply": BOMB,
    "an external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "an external document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    "an empty document type": "<!DOCTYPE x>",
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]>',
    "behind padding": "<?a?><!-- b -->\n<!DOCTYPE x>",
}


@pytest.mark.parametrize("name", DECLARED)
@pytest.mark.parametrize(
    "coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"]
)
async def test_a_declaration_is_refused_in_every_encoding(
    name: str, coding: str, here: Doors
) -> None:
    xml = message("&h;&e;", DECLARED[name]).encode(coding)
    began = perf_counter()
    assert await here.to_app(xml) == 400
    assert perf_counter() - began < 0.5
    assert here.heard == []


@pytest.mark.parametrize("coding", ["utf-16", "utf-32", "gbk", "latin-1"])
async def test_another_encoding_is_refused_though_it_is_declared(coding: str, here: Doors) -> None:
    head = f'<?xml version="1.0" encoding="{coding}"?>'
    text = "é" if coding == "latin-1" else "得分"
    assert await here.to_app(message(text, head).encode(coding)) == 400
    assert here.heard == []


TYPED = {
    "plain": ("得分", "得分"),
    "control characters": ("得\x00分\x01\x1f\x0b", "得分"),
    "an end of CDATA": ("得分 ]]> 机电", "得分 ]]> 机电"),
    "two ends of CDATA": ("]]>]]>", "]]>]]>"),
    "a split end of CDATA": ("a]]]]><![CDATA[>b", "a]]>b"),
    "no character": ("得分\ufffe\uffff", "得分"),
    "a document type": ("<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;"),
    "a comment": ("<!-- x -->", "<!-- x -->"),
    "tags": ("<a href='x'>&lt;</a>", "<a href='x'>&lt;</a>"),
    "a forbidden reference": ("&#0; &#xFFFE;", "&#0; &#xFFFE;"),
    "another field": (
        "x]]></Content><FromUserName><![CDATA[boss]]></FromUserName><Content><![CDATA[y",
        "x]]></Content><FromUserName><![CDATA[boss]]></FromUserName><Content><![CDATA[y",
    ),
}


@pytest.mark.parametrize("name", TYPED)
async def test_whatever_is_typed_is_heard_as_it_was_typed(name: str, here: Doors) -> None:
    typed, heard = TYPED[name]
    assert await here.to_app(message(f"<![CDATA[{typed}]]>").encode()) == 200
    assert [(one.text, one.author) for one in here.heard] == [(heard, "lin")]


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("得分 ]]> 1", "得分 ]]> 1"),
        ("得&#0;分&#x1F;&#xFFFE;&#55296;&#9999999;", "得分"),
        ("&lt;b&gt; &#x5F97;\x02", "<b> 得"),
    ],
)
async def test_text_without_cdata_is_heard_too(typed: str, heard: str, here: Doors) -> None:
    assert await here.to_app(message(typed).encode()) == 200
    assert [one.text for one in here.heard] == [heard]


@pytest.mark.parametrize(
    "xml",
    [
        "<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>",
        "<xml>" + "<a>" * 1_000 + "</a>" * 1_000 + "</xml>",
        "<xml><a>&undefined;</a></xml>",
        "<xml",
        "",
    ],
)
def test_what_is_no_message_is_one_error(xml: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        fields_of(xml.encode())


def test_inner_elements_are_found_by_their_path() -> None:
    found = fields_of(b"<xml><A><B>1</B><B>2</B></A><C> x </C><D/></xml>")
    assert found == {"A": "", "A/B": "1", "C": " x ", "D": ""}


async def test_a_call_that_comes_again_has_no_effect(here: Doors) -> None:
    sealed = here.app_seal.seal(message("<![CDATA[撤回]]>").encode())
    wrapped = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
    query = here.query(here.app_seal, sealed)
    for _ in range(3):
        assert await here.post("/wecom/app", wrapped, query) == (200, b"")
    assert len(here.heard) == 1
    here.now += 301
    assert (await here.post("/wecom/app", wrapped, query))[0] == 403
    here.now -= 602
    assert (await here.post("/wecom/app", wrapped, query))[0] == 403
