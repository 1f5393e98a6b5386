"""Reads a plan file. Whatever does not hold is refused with its line and field, all at once.

Nothing in the file is silently ignored: an unknown name, or a reading this version does not
compute, is a fault like a missing one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, get_args

from scoring.plan import (
    Cadence,
    Group,
    Item,
    Kind,
    Moment,
    Obligation,
    Period,
    Plan,
    Quota,
    Reading,
    Source,
    Term,
    Threshold,
    Unit,
)
from scoring.planlines import Flaw, PlanFault, Sheet, Table
from scoring.planshow import show
from scoring.planterms import (
    CADENCE,
    ITEMS,
    KINDS,
    OBLIGATIONS,
    QUOTAS,
    READINGS,
    ROLES,
    WORDS,
    Shape,
    count,
    day,
    points,
)

__all__ = ["Flaw", "PlanFault", "parse", "show"]

T = TypeVar("T")

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_CLAUSE = re.compile(r"(全文|正文|附件[1-9])(·?\S.*)?")
_UNKNOWN = Source(clause="", basis="explicit")


def parse(text: str, name: str) -> Plan:
    """The plan a file holds; `name` is how faults call the file. Raises PlanFault."""
    sheet = Sheet(name, text)
    plan = _plan(sheet)
    sheet.settle()
    _check_units(sheet, plan)
    _check_items(sheet, plan)
    _check_totals(sheet, plan)
    sheet.settle()
    return plan


# --- values -------------------------------------------------------------------------------


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip() or raw != raw.strip() or len(raw) > 200:
        raise ValueError("这里要写一句文字，前后不留空，200 字以内")
    if not raw.isprintable():
        raise ValueError("这里有看不见的字符，请删去")
    return raw


def _note(raw: Any) -> str:
    return _text(raw)


def _cell(raw: Any) -> str:
    return "" if raw == "" else _text(raw)


def _texts(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise ValueError('这里要写一列文字，如 ["机电", "机电系"]')  # noqa: TRY004
    words = tuple(_text(word) for word in raw)
    if len(set(words)) < len(words):
        raise ValueError("同一个词写了两遍，请删去一个")
    return words


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("这里只能写 true 或 false")  # noqa: TRY004
    return raw


def _year(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 2000 <= raw <= 2999:
        raise ValueError("年份没看懂，请写成 2024")
    return raw


def _clause(raw: Any) -> str:
    if not _CLAUSE.fullmatch(text := _text(raw)):
        raise ValueError("条款没看懂，请写成 附件3·四·(四)")
    return text


def _number(raw: Any) -> str:
    if not isinstance(raw, str) or raw not in READINGS:
        raise ValueError("没有这一条口径，请写 [readings] 里的编号，如 A06")
    return raw


def _numbers(raw: Any) -> tuple[str, ...]:
    return tuple(_number(word) for word in _texts(raw))


def _convention(raw: Any) -> str | None:
    """None for explicit, else the A-number."""
    if raw == "explicit":
        return None
    word, _, number = raw.partition(" ") if isinstance(raw, str) else ("", "", "")
    if word != "convention":
        raise ValueError("依据没看懂，请写 explicit 或 convention A06")
    if number not in READINGS:
        raise ValueError("约定要带 [readings] 里的编号，请写成 convention A06")
    return number


def _one_of(*words: str) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        if not isinstance(raw, str) or raw not in words:
            raise ValueError(f"这里只能写 {'、'.join(words)}")
        return raw

    return read


def _roles(raw: Any) -> tuple[str, ...]:
    roles = _texts(raw)
    if strangers := [role for role in roles if role not in ROLES]:
        raise ValueError(f"没有“{strangers[0]}”这个角色，可写 {'、'.join(sorted(ROLES))}")
    return roles


def _in_year(read: Callable[[Any, int], T], year: int) -> Callable[[Any], T]:
    return lambda raw: read(raw, year)


def _source(table: Table) -> Source:
    convention = table.take("basis", _convention, None)
    return Source(
        clause=table.take("clause", _clause, ""),
        basis="convention" if convention else "explicit",
        convention=convention,
        note=table.take("note", _note, "", optional=True),
    )


# --- tables -------------------------------------------------------------------------------


def _plan(sheet: Sheet) -> Plan:
    root = sheet.root
    year = root.take("year", _year, 2024)
    effective, source = _day_with_source(root.table("effective_from"), year)
    units = _units(root.table("units"))
    select = _selector(units)
    totals = root.table("totals")
    for total in ("points", "news", "soft_articles"):
        totals.take(total, _in_year(count, year), 0)
    totals.close()
    plan = Plan(
        id=root.take("id", _text, ""),
        year=year,
        document=root.take("document", _text, ""),
        title=root.take("title", _text, ""),
        effective_from=effective,
        units=units,
        items=_items(root.table("items"), select, year),
        obligations=_obligations(root.table("obligations"), select, year),
        kinds=_kinds(root.table("kinds")),
        readings=_readings(root.table("readings")),
        words=_words(root.table("words")),
        majors=root.take("majors", _texts, ()),
        schools=root.take("schools", _texts, ()),
        effective_source=source,
    )
    root.close()
    return plan


def _day_with_source(table: Table, year: int) -> tuple[date, Source]:
    value = table.take("is", _in_year(day, year), date(year, 1, 1))
    source = _source(table)
    table.close()
    return value, source


def _units(tables: Table) -> tuple[Unit, ...]:
    units = []
    for code, table in tables.tables().items():
        if not _CODE.fullmatch(code):
            table.sheet.flaw(table.path, "部门代号只用小写英文字母、数字和下划线，如 it")
        quotas, views = _quotas(table)
        units.append(
            Unit(
                code=code,
                name=table.take("name", _text, code),
                group=table.take("group", _one_of(*get_args(Group)), "其他"),
                scored=table.take("scored", _flag, True, optional=True),
                aliases=table.take("aliases", _texts, ()),
                majors=table.take("majors", _texts, (), optional=True),
                account=table.take("account", _text, None, optional=True),
                quotas=quotas,
                views=views,
            )
        )
        table.close()
    return tuple(units)


def _quotas(unit: Table) -> tuple[dict[str, Quota], Threshold | None]:
    """A unit's row of 附件2: all of its cells or, for one that has no row, none."""
    if "quotas" not in unit.raw:
        unit.known.add("quotas")
        return {}, None
    row = unit.table("quotas")
    quotas = {task: _quota(row.table(task), task) for task in QUOTAS}
    views = row.table("views")
    written, least = _cell_and_due(views)
    threshold = Threshold(written=written, least=least, source=_source(views))
    views.close()
    row.close()
    return quotas, threshold


def _quota(table: Table, task: str) -> Quota:
    written, due = _cell_and_due(table)
    per: Cadence = table.take("per", _one_of(*get_args(Cadence)), CADENCE[task], optional=True)
    source = _source(table)
    table.close()
    return Quota(task=task, written=written, due=due, per=per, source=source)


def _cell_and_due(table: Table) -> tuple[str, int | None]:
    """The cell as printed and its reading; a plain figure and "/" leave no choice."""
    written = table.take("cell", _cell, "/")
    due: int | None = table.take("due", _in_year(count, 0), None, optional=True)
    if written == "/" and due is not None:
        table.sheet.flaw(table.at("due"), "格子是“/”，不要求数量，请删去 due")
    if re.fullmatch(r"[0-9]+", written) and due != int(written):
        table.sheet.flaw(table.at("due"), f"格子里是 {written}，due 请照写 {written}")
    if written == "" and table.raw.get("basis") == "explicit":
        table.sheet.flaw(table.at("basis"), "空格没有写明要求，依据请写 convention 和编号")
    return written, due


Select = Callable[[Any], frozenset[str]]


def _selector(units: tuple[Unit, ...]) -> Select:
    """Reads a list of unit codes and of the sets @all, @scored, @accounts, @系部."""
    sets = {
        "@all": frozenset(unit.code for unit in units),
        "@scored": frozenset(unit.code for unit in units if unit.scored),
        "@accounts": frozenset(unit.code for unit in units if unit.account),
        "@系部": frozenset(unit.code for unit in units if unit.group == "系部"),
    }

    def read(raw: Any) -> frozenset[str]:
        chosen: frozenset[str] = frozenset()
        for word in _texts(raw):
            if word not in sets and word not in sets["@all"]:
                raise ValueError(f"没有代号为 {word} 的部门，请写 [units] 里的代号或 @系部")
            chosen |= sets.get(word, frozenset({word}))
        return chosen

    return read


def _items(tables: Table, select: Select, year: int) -> tuple[Item, ...]:
    items = []
    for code, shapes in ITEMS.items():
        table = tables.table(code)
        if code not in tables.raw:
            continue
        items.append(
            Item(
                code=code,
                word=table.take("word", _text, code),
                clause=table.take("clause", _clause, ""),
                max=table.take("max", _in_year(points, year), Decimal(0)),
                units=table.take("units", select, frozenset()),
                convention=table.take("convention", _number, None, optional=True),
                readings=table.take("readings", _numbers, ()),
                terms=_terms(table, shapes, year),
            )
        )
        table.close()
    tables.close()
    return tuple(items)


def _obligations(tables: Table, select: Select, year: int) -> tuple[Obligation, ...]:
    obligations = []
    for code, shapes in OBLIGATIONS.items():
        table = tables.table(code)
        if code not in tables.raw:
            continue
        obligations.append(
            Obligation(
                code=code,
                word=table.take("word", _text, code),
                clause=table.take("clause", _clause, ""),
                units=table.take("units", select, frozenset()),
                terms=_terms(table, shapes, year),
            )
        )
        table.close()
    tables.close()
    return tuple(obligations)


def _terms(owner: Table, shapes: Mapping[str, Shape], year: int) -> dict[str, Term]:
    tables = owner.table("terms", optional=not shapes)
    terms = {}
    for name, shape in shapes.items():
        table = tables.table(name)
        if name not in tables.raw:
            continue
        value = table.take("is", _in_year(shape.read, year), None)
        terms[name] = Term(value=value, source=_source(table))
        table.close()
    tables.close()
    return terms


def _kinds(tables: Table) -> dict[str, Kind]:
    kinds = {}
    for code in (*tables.raw, *sorted(KINDS - tables.raw.keys())):
        if code not in KINDS:
            continue
        table = tables.table(code)
        if code not in tables.raw:
            continue
        kinds[code] = Kind(
            code=code,
            word=table.take("word", _text, code),
            deciders=table.take("deciders", _roles, ()),
            counts_from=table.take("counts_from", _one_of(*get_args(Moment)), "submitted"),
            period=table.take("period", _one_of(*get_args(Period)), "day"),
        )
        table.close()
    tables.close()
    return kinds


def _readings(tables: Table) -> dict[str, Reading]:
    readings = {}
    for number, (setting, value) in READINGS.items():
        table = tables.table(number)
        if number not in tables.raw:
            continue
        readings[number] = Reading(
            number=number,
            setting=table.take("setting", _one_of(setting), setting),
            value=table.take("is", _only(value), value),
            source=_source(table),
        )
        if readings[number].source.convention not in {None, number}:
            table.sheet.flaw(table.at("basis"), f"这一行是 {number}，请写 convention {number}")
        table.close()
    tables.close()
    return readings


def _only(value: Any) -> Callable[[Any], Any]:
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()

    def read(raw: Any) -> Any:
        if type(raw) is not type(value) or raw != value:
            raise ValueError(f"眼下只会按 {shown} 计算，请改回 {shown}")
        return raw

    return read


def _words(table: Table) -> dict[str, tuple[str, ...]]:
    words = {name: table.take(name, _texts, ()) for name in sorted(WORDS)}
    table.close()
    return words


# --- what must agree with what ------------------------------------------------------------


def _check_units(sheet: Sheet, plan: Plan) -> None:
    """A word means one unit; the group says whether there is an account."""
    owner = {_same(major): ("", "不归任何系部的专业") for major in plan.majors}
    for unit in plan.units:
        for field, words in (
            ("name", (unit.name,)),
            ("aliases", unit.aliases),
            ("majors", unit.majors),
        ):
            for word in words:
                code, name = owner.setdefault(_same(word), (unit.code, unit.name))
                if code != unit.code:
                    said = f"“{word}”已经指 {name}，请换一个叫法"
                    sheet.flaw(f"units.{unit.code}.{field}", said)
        if (unit.account is None) != (unit.group == "其他"):
            said = "有抖音号的归 系部 或 有号职能部门，没有的归 其他"
            sheet.flaw(f"units.{unit.code}.group", said)


def _same(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _check_items(sheet: Sheet, plan: Plan) -> None:
    """What an item can bring at most is its maximum; its second deadline follows its first."""
    best: dict[str, tuple[str, Callable[[Any], Decimal]]] = {
        "dy_content": ("bands", lambda term: term("bands")[0][1]),
        "leads": ("bands", lambda term: term("bands")[0][1]),
        "live_team": ("seat", lambda term: term("seat") * term("seats")),
        "ppt": ("first_points", lambda term: term("first_points")),
    }
    for code, (name, attainable) in best.items():
        item = plan.item[code]
        most = attainable(lambda name, code=code: plan.term(code, name))
        if most != item.max:
            said = f"最多能得 {most} 分，满分写的是 {item.max}，请改成一样"
            sheet.flaw(f"items.{code}.terms.{name}", said)
    if plan.term("ppt", "second_deadline") <= plan.term("ppt", "first_deadline"):
        sheet.flaw("items.ppt.terms.second_deadline", "第二档截止要晚于第一档，请改日期")
    if plan.term("ppt", "second_points") >= plan.term("ppt", "first_points"):
        sheet.flaw("items.ppt.terms.second_points", "第二档要少于第一档，请改分数")


def _check_totals(sheet: Sheet, plan: Plan) -> None:
    """The sums the file states are those of its lines."""
    stated = sheet.root.raw["totals"]
    quotas = [unit.quotas for unit in plan.units if unit.quotas]
    sums = {
        "points": sum((item.max for item in plan.items), Decimal(0)),
        "news": sum(row["news"].due or 0 for row in quotas),
        "soft_articles": sum(
            row["soft_article"].due or 0 for row in quotas if row["soft_article"].written
        ),
    }
    for name, total in sums.items():
        if total != stated[name]:
            said = f"各行合计是 {total}，这里写的是 {stated[name]}，请核对"
            sheet.flaw(f"totals.{name}", said)
