"""A small school and a sample of the commands of contracts 2, for tests of the grammar."""

from datetime import UTC, date, datetime

from commands.chat.messages import Chat, Incoming, Reply
from commands.chat.requests import Command, Request
from commands.grammar.folding import fold
from commands.grammar.lexicon import Lexicon, build
from commands.grammar.slots import Slot
from db.people import Person
from db.plans import shipped
from scoring.plan import Item, Kind, Plan, Source, Unit

AT = int(datetime(2024, 4, 3, 2, 0, tzinfo=UTC).timestamp())
"""4月3日 10:00 in Shanghai."""

_SOURCE = Source(clause="附件2", basis="explicit")


def _unit(code: str, name: str, aliases: str, majors: str = "", group: str = "系部") -> Unit:
    return Unit(
        code=code,
        name=name,
        group=group,
        scored=True,
        aliases=tuple(aliases.split()),
        majors=tuple(majors.split()),
        account=code,
        quotas={},
    )


UNITS = (
    _unit("undergrad", "本科升学部", "升学 升学部"),
    _unit("health", "健康管理系", "健康 健康系", "护理"),
    _unit("info", "信息工程系", "信工 信工系", "计算机"),
    _unit("mech", "机电工程系", "机电 机电系", "数控"),
    _unit("art", "艺术工程系", "艺术 艺术系", "民间传统工艺"),
    _unit("office", "学校办公室", "院办 宣传办", group="有号职能部门"),
    _unit("logistics", "后勤保障部", "后勤 保障", group="有号职能部门"),
    _unit("security", "保卫处", "保卫 保障", group="有号职能部门"),
)

_ITEMS = {
    "training": "培训",
    "dy_handover": "交接",
    "dy_update": "视频更新",
    "dy_content": "视频内容",
    "ppt": "PPT",
    "leads": "线索",
}
_KINDS = {"news": "新闻", "soft_article": "软文", "column": "栏目", "video": "视频"}

PLAN = Plan(
    id="2024",
    year=2024,
    document="",
    title="",
    effective_from=date(2024, 3, 18),
    units=UNITS,
    items=tuple(
        Item(
            code=code,
            word=word,
            clause="",
            max=5,  # type: ignore[arg-type]
            units=frozenset(),
            convention=None,
            readings=(),
            terms={},
        )
        for code, word in _ITEMS.items()
    ),
    obligations=(),
    kinds={
        code: Kind(code=code, word=word, deciders=(), counts_from="submitted", period="month")
        for code, word in _KINDS.items()
    },
    readings={},
    words={},
    rhythm=shipped()[0].rhythm,
    majors=("幼儿教育",),
)


def person(number: int, staff_no: str, name: str, unit: str, roles: str = "教师") -> Person:
    return Person(
        id=number, staff_no=staff_no, name=name, unit=unit, roles=frozenset(roles.split())
    )


TEACHER = person(1, "T2031", "刘桂芳", "health")
OFFICER = person(2, "T3012", "陈晓", "info", "教师 宣传员")
REVIEWER = person(3, "M0007", "赵倩", "office", "融媒体中心")
PEOPLE = (
    TEACHER,
    OFFICER,
    REVIEWER,
    person(4, "T1001", "张伟", "mech"),
    person(5, "T1002", "张伟", "logistics"),
    person(6, "T4002", "李某", "mech"),
    person(7, "T4003", "王某", "mech"),
)
LEXICON: Lexicon = build(PLAN, PEOPLE)


def _handler(request: Request, tx: object) -> Reply:
    return Reply(text="")


def _say(name: str, words: str, *slots: Slot, roles: str = "", **more: object) -> Command:
    return Command(
        name=name,
        words=tuple(words.split()),
        handler=_handler,
        slots=slots,
        roles=frozenset(roles.split()),
        example=f"{words.split(maxsplit=1)[0]} …",
        **more,  # type: ignore[arg-type]
    )


NUMBERS = Slot(name="numbers", kind="numbers", required=True)
NUMBER = Slot(name="number", kind="number")
NUMBER_NEEDED = Slot(name="number", kind="number", required=True)
REASON = Slot(name="reason", kind="text", required=True)
ITEMS = Slot(name="items", kind="reports", required=True)
UNIT = Slot(name="unit", kind="unit")
PHONE = Slot(name="phone", kind="phone")
NAME = Slot(name="who", kind="text", required=True)

DECIDERS = "融媒体中心 考核组"
COMMANDS = (
    _say("start", "开始", unbound=True, never_bare=True),
    _say("help", "帮助", Slot(name="word", kind="text"), unbound=True, never_bare=True),
    _say(
        "bind",
        "绑定",
        Slot(name="code", kind="staff_no", required=True),
        unbound=True,
        never_bare=True,
    ),
    _say(
        "lead",
        "报线索 线索",
        PHONE,
        Slot(name="level", kind="level"),
        Slot(name="track", kind="track"),
        Slot(name="wished", kind="unit"),
        NAME,
    ),
    _say("forward", "转发 已转 转了", NUMBER_NEEDED),
    _say("follow", "关注", NUMBER_NEEDED, never_bare=True),
    _say("news", "报新闻", ITEMS),
    _say("article", "报软文", ITEMS),
    _say("video", "报视频", ITEMS),
    _say(
        "views",
        "点击",
        NUMBER_NEEDED,
        Slot(name="count", kind="count", required=True),
    ),
    _say(
        "handover",
        "交接",
        Slot(name="note", kind="text"),
        roles="宣传员 部门负责人",
        never_bare=True,
    ),
    _say(
        "ppt",
        "报PPT",
        Slot(name="link", kind="link"),
        Slot(name="title", kind="text", required=True),
        roles="宣传员 部门负责人",
    ),
    _say(
        "recommend",
        "推荐",
        Slot(name="teachers", kind="people", required=True),
        roles="宣传员 部门负责人",
        never_bare=True,
    ),
    _say(
        "live",
        "直播",
        Slot(name="title", kind="text", required=True),
        never_bare=True,
    ),
    _say("queue", "待审 待我审", roles=DECIDERS),
    _say("approve", "通过", NUMBERS, Slot(name="when", kind="when"), roles=DECIDERS),
    _say(
        "reject",
        "退回",
        NUMBERS,
        Slot(name="minor", kind="flag", choices=("小修",)),
        REASON,
        roles=DECIDERS,
    ),
    _say("certify", "认定", NUMBERS, roles="招办 考核组"),
    _say(
        "training",
        "培训",
        Slot(name="when", kind="when", required=True),
        Slot(name="absent", kind="people", choices=("缺席",)),
        Slot(name="leave", kind="people", choices=("请假",)),
        Slot(name="title", kind="text", required=True),
        never_bare=True,
    ),
    _say(
        "settle",
        "结任务",
        NUMBER_NEEDED,
        *(Slot(name=word, kind="count", choices=(word,)) for word in ("转发", "点赞", "评论")),
        roles="融媒体中心",
    ),
    _say(
        "resolve",
        "处理",
        NUMBER_NEEDED,
        Slot(name="outcome", kind="choice", required=True, choices=("成立", "不成立")),
        REASON,
        roles="考核组",
    ),
    _say("mine", "我的", reads=True),
    _say("undo", "撤回", Slot(name="numbers", kind="numbers")),
    _say("appeal", "申诉", NUMBER_NEEDED, Slot(name="reason", kind="text")),
    _say("score", "得分 查分", UNIT, Slot(name="until", kind="when"), reads=True, bare=True),
    _say("why", "为什么", NUMBER, UNIT, Slot(name="item", kind="item"), reads=True),
    _say("quota", "指标", UNIT, reads=True, bare=True),
    _say("rank", "排名", reads=True, bare=True),
    _say("todo", "待办", reads=True, bare=True),
    _say("deadlines", "截止", reads=True, bare=True),
    _say("set", "设置", UNIT, Slot(name="count", kind="count"), Slot(name="key", kind="text")),
    _say(
        "grant",
        "授权",
        Slot(name="person", kind="person", required=True),
        Slot(name="role", kind="choice", choices=("融媒体中心", "考核组"), required=True),
        roles="管理员",
    ),
    _say("cancel", "取消", never_bare=True),
    Command(
        name="answer",
        words=(),
        handler=_handler,
        slots=(
            NUMBER_NEEDED,
            Slot(name="word", kind="choice", choices=("确认", "取消"), required=True),
        ),
        internal=True,
    ),
)
WORDS = {fold(word): command for command in COMMANDS for word in (command.name, *command.words)}


def incoming(text: str = "", *, group: bool = False, **more: object) -> Incoming:
    return Incoming(
        update="1",
        chat=Chat(platform="web", id="staff" if group else "me", group=group),
        author="u",
        sent_at=AT,
        received_at=AT,
        text=text,
        **more,  # type: ignore[arg-type]
    )
