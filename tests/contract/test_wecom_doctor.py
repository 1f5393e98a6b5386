"""`promobot doctor wecom` tells what the console of WeCom still has to be told and changes nothing;
its contacts come in by the door of a roster file."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.findings import CUT, FINE, ILL, WRONG, Finding
from bot.adapters.wecom import contacts, doctor
from bot.adapters.wecom.api import Api
from bot.adapters.wecom.tokens import Shared
from commands.chat.errors import Retry
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import plans
from db.engine.database import Database
from db.engine.writer import Writer
from db.people import directory
from scoring.errors import PlatformError
from tests.emulators.loopback import START
from tests.emulators.wecom_bot import BOT_ID, SECRET
from tests.emulators.wecom_caller import AGENT, APP_SECRET, CORP, WEBHOOK, WecomCaller


@pytest.fixture
async def wecom() -> AsyncIterator[WecomCaller]:
    here = WecomCaller(now=lambda: START)
    await here.start()
    yield here
    await here.stop()


@pytest.fixture
async def api(wecom: WecomCaller) -> AsyncIterator[Api]:
    made = interface(wecom)
    yield made
    await made.close()


def interface(wecom: WecomCaller, secret: str = APP_SECRET) -> Api:
    return Api(CORP, secret, f"{CORP}/{AGENT}/x", wecom.base, now=lambda: int(START))


async def found(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [one async for one in findings]


async def test_where_all_is_well_nothing_is_to_be_done(wecom: WecomCaller, api: Api) -> None:
    wecom.visible = ["li", "wang"]
    address = wecom.base.replace("http", "ws")
    told = [
        *await found(doctor.of_app(api, AGENT, called=True)),
        *await found(doctor.of_connection(BOT_ID, SECRET, address, in_use=False)),
        *await found(doctor.of_webhook(WEBHOOK, wecom.base)),
    ]
    assert {kind for kind, _ in told} == {FINE}
    assert any("2 个人" in line for _, line in told)
    assert not any(secret in line for _, line in told for secret in (SECRET, APP_SECRET, WEBHOOK))
    assert not any(wecom.chats.values())


async def test_a_running_connection_is_left_alone(wecom: WecomCaller) -> None:
    address = wecom.base.replace("http", "ws")
    [(kind, line)] = await found(doctor.of_connection(BOT_ID, SECRET, address, in_use=True))
    assert (kind, "正在用" in line) == (FINE, True)
    assert wecom.subscriptions == 0


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (60020, ILL, "填 10.1.2.3"),
        (48002, WRONG, "自建应用的 Secret"),
        (60011, ILL, "可见范围"),
    ],
)
async def test_a_refused_app_is_told_where_to_mend_it(
    wecom: WecomCaller, api: Api, code: int, kind: str, word: str
) -> None:
    wecom.refuses = code
    [(told, line)] = await found(doctor.of_app(api, AGENT, called=True))
    assert (told, word in line) == (kind, True)


async def test_wrong_credentials_are_told_apart(wecom: WecomCaller) -> None:
    wrong = interface(wecom, "secret of another")
    [(kind, line)] = await found(doctor.of_app(wrong, AGENT, called=True))
    assert (kind, "PROMOBOT_WECOM_APP_SECRET" in line) == (WRONG, True)
    await wrong.close()
    address = wecom.base.replace("http", "ws")
    [(kind, line)] = await found(doctor.of_connection(BOT_ID, "x", address, in_use=False))
    assert (kind, "BotID 或 Secret 不对" in line) == (WRONG, True)
    [(kind, line)] = await found(doctor.of_webhook("dead", wecom.base))
    assert (kind, "key 失效" in line) == (WRONG, True)


async def test_an_unreachable_interface_is_told_as_such(wecom: WecomCaller) -> None:
    nobody = Api(CORP, APP_SECRET, "x", "http://127.0.0.1:9", now=lambda: int(START))
    [(kind, line)] = await found(doctor.of_app(nobody, AGENT, called=True))
    await nobody.close()
    assert (kind, "连不上企业微信" in line, APP_SECRET in line) == (CUT, True, False)


async def test_an_app_that_nobody_sees_and_that_hears_nothing_is_named(api: Api) -> None:
    told = await found(doctor.of_app(api, AGENT, called=False))
    assert [kind for kind, _ in told] == [FINE, ILL, ILL]


async def test_replicas_share_one_token(wecom: WecomCaller, sqlite_database: Database) -> None:
    with Writer(sqlite_database) as writer:
        ours, theirs = interface(wecom), interface(wecom)
        for api in (ours, theirs):
            api.use(Shared(sqlite_database, writer))
            await api.get("/cgi-bin/agent/get", agentid=AGENT)
        assert wecom.tokens_given == 1
        # WeCom takes it back: one fetches anew, the other finds the new one.
        wecom.valid_tokens = set()
        await ours.get("/cgi-bin/agent/get", agentid=AGENT)
        await theirs.get("/cgi-bin/agent/get", agentid=AGENT)
        assert wecom.tokens_given == 2
        for api in (ours, theirs):
            await api.close()


# --- contacts -----------------------------------------------------------------------------


async def test_contacts_come_in_as_a_roster_does(
    wecom: WecomCaller, api: Api, sqlite_database: Database
) -> None:
    wecom.departments = {1: ("某校", 0), 2: ("机电工程系", 1), 3: ("数控教研室", 2)}
    number = {"attrs": [{"name": "工号", "text": {"value": "t4010"}}]}
    wecom.members = [
        {"userid": "WangJianGuo", "name": "王建国", "department": [2], "is_leader_in_dept": [1]},
        {"userid": "min", "name": "周敏", "department": [3], "extattr": number},
        {"userid": "gone", "name": "离人", "department": [2], "status": 5},
    ]
    units = lexicon.units_of(plans.shipped()[0])
    with Writer(sqlite_database) as writer:
        for _ in range(2):
            with sqlite_database.reading() as tx:
                table = contacts.table(await contacts.read(api), directory(tx), units)
            read = file.read("通讯录.csv", table, units)
            assert read.faults == ()
            await writer.run(
                lambda tx, read=read: enrolment.apply(  # type: ignore[misc]
                    tx, enrolment.compare(tx, read), 1, None
                )
            )
    with sqlite_database.reading() as tx:
        people = directory(tx)
    assert {one.staff_no: one.name for one in people.by_id.values()} == {
        "WANGJIANGUO": "王建国",
        "T4010": "周敏",
    }
    assert people.by_account["wecom", "min"].unit == "mechatronics"
    assert people.heads("mechatronics")[0].name == "王建国"


async def test_contacts_that_cannot_be_read_change_nothing(wecom: WecomCaller) -> None:
    wrong = interface(wecom, "x")
    with pytest.raises(PlatformError) as raised:
        await contacts.read(wrong)
    await wrong.close()
    assert isinstance(raised.value, Retry)
    assert doctor.advice(raised.value).startswith("Secret 不对")
