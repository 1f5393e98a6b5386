"""Files that were made to hurt whoever opens them, small to send and large to read."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openpyxl import Workbook

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
ROSTER = ("工号", "姓名", "部门")


@dataclass(frozen=True)
class Hostile:
    """What it is, under which name it comes, and how it is made."""

    what: str
    name: str
    make: Callable[[], bytes]

    def __str__(self) -> str:
        return self.what


def plain() -> bytes:
    """A roster that may be read, the base of the others."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(ROSTER)
    sheet.append(("T1", "张伟", "机电工程系"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(**parts: str | bytes) -> bytes:
    """The plain workbook with parts replaced or added; `sheet` and `strings` have short names."""
    paths = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    named = {paths.get(name, name): body for name, body in parts.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, body in named.items():
            new.writestr(name, body)
    return out.getvalue()


def rows(body: str, before: str = "", after: str = "") -> bytes:
    return with_parts(sheet=f"{HEAD}{before}<sheetData>{body}</sheetData>{after}</worksheet>")


def text(at: str, said: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{said}</t></is></c>'


def line(number: int, *cells: str) -> str:
    said = "".join(
        text(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n]}{number}", c) for n, c in enumerate(cells)
    )
    return f'<row r="{number}">{said}</row>'


TOP = line(1, *ROSTER)


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return out.getvalue()


def _encrypted() -> bytes:
    """The plain workbook with the mark of encryption on every part."""
    data = bytearray(plain())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def part(root: str, body: str) -> str:
    """A part of a workbook with another root than a worksheet."""
    return f"{HEAD.replace('worksheet', root)}{body}</{root}>"


def strings(body: str) -> bytes:
    return with_parts(strings=part("sst", body))


def wide(cells: int) -> bytes:
    return rows('<row r="1">' + "<c><v>1</v></c>" * cells + "</row>")


def workbooks() -> Iterator[Hostile]:
    """Workbooks that are refused."""
    bottom = ("T1", "张伟", "机电")
    styled = "<row>" + '<c s="1"/>' * 20 + "</row>"
    entity = '<!DOCTYPE x [<!ENTITY a "b">]>'
    xml = '<?xml version="1.0"?>'
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096
    ods = b"application/vnd.oasis.opendocument.spreadsheet"
    books = {
        "a row at the bottom": lambda: rows(TOP + line(1_048_576, *bottom)),
        "a row far below any": lambda: rows(TOP + line(2_000_000_000, *bottom)),
        "700,000 cells in a row": lambda: wide(700_000),
        "300,000 cells in a row": lambda: wide(300_000),
        "16,384 columns": lambda: wide(16_384),
        "20,000 by 24": lambda: rows("".join(line(n, *["x"] * 24) for n in range(1, 20_001))),
        "empty rows": lambda: rows(TOP + '<row s="1" customFormat="1"/>' * 900_000),
        "empty rows, well packed": lambda: rows(TOP + '<row s="1"/>' * 300_000),
        "empty styled cells": lambda: rows(TOP + styled * 60_000),
        "a column far out": lambda: rows(TOP + f'<row r="2">{text("ZZZZZZ2", "x")}</row>'),
        "1,500,000 shared strings": lambda: strings("<si><t>x</t></si>" * 1_500_000),
        "250,000 shared strings": lambda: strings(
            "".join(f"<si><t>{n}</t></si>" for n in range(250_000))
        ),
        "a shared string of runs": lambda: strings(f"<si>{'<r><t>x</t></r>' * 1_500_000}</si>"),
        "a shared string of 29 MB": lambda: strings(f"<si><t>{'x' * 29_000_000}</t></si>"),
        "900,000 styles": lambda: with_parts(
            **{"xl/styles.xml": part("styleSheet", '<xf numFmtId="0"/>' * 900_000)}
        ),
        "31 MB of blanks": lambda: _zip(**{"xl/worksheets/sheet1.xml": b" " * 31_000_000}),
        "29 MB of blanks": lambda: with_parts(sheet=" " * 29_000_000 + HEAD + "</worksheet>"),
        "501 parts": lambda: with_parts(**{f"xl/p{n}.xml": "<a/>" for n in range(501)}),
        "a zip in a zip": lambda: _zip(**{"a.zip": _zip(**{"b.zip": b"\0" * 4_000_000})}),
        "entities": lambda: with_parts(sheet=f"{xml}{entity}<a/>"),
        "entities behind blanks": lambda: with_parts(sheet=f"{xml}{' ' * 70_000}{entity}<a/>"),
        "entities in UTF-16": lambda: with_parts(sheet=f"{xml}{entity}<a/>".encode("utf-16")),
        "encrypted": _encrypted,
        "xls called xlsx": lambda: ole,
        "xlsb": lambda: _zip(
            **{"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01"}
        ),
        "ods": lambda: _zip(**{"mimetype": ods, "content.xml": b"<a/>"}),
        "docx": lambda: _zip(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}),
        "half a file": lambda: plain()[:2000],
        "zero bytes": lambda: b"",
        "gzip": lambda: b"\x1f\x8b\x08\x00" + bytes(range(256)) * 40,
        "a number of 5,000 digits": lambda: rows(
            f'{TOP}<row r="2"><c><v>{"9" * 5000}</v></c></row>'
        ),
    }
    yield from (Hostile(what, "名册.xlsx", make) for what, make in books.items())
    yield Hostile("old xls", "名册.xls", lambda: ole)


def oddities() -> Iterator[Hostile]:
    """Workbooks that look strange and are read."""
    people = TOP + line(2, "T1", "张伟", "机电工程系")
    beside = '<c r="D2"><v>{}</v></c>'
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    second = people.removesuffix("</row>")
    link = '<Relationship Id="r" Type="x/externalLink" Target="http://x/" TargetMode="External"/>'
    books = {
        "a roster": plain,
        "merged over the sheet": lambda: rows(people, after=merged),
        "wrong dimensions": lambda: rows(people, before='<dimension ref="A1:XFD1048576"/>'),
        "a number without end": lambda: rows(f"{second}{beside.format('1e308')}</row>"),
        "a number beyond all": lambda: rows(f"{second}{beside.format('1e999')}</row>"),
        "a date as a serial": lambda: rows(f"{second}{beside.format('99999999999')}</row>"),
        "a formula beside": lambda: rows(
            f'{second}<c r="D2"><f>WEBSERVICE("http://x")</f></c></row>'
        ),
        "absolute paths": lambda: with_parts(**{"/etc/passwd": "x", "../../evil": "x"}),
        "an external link": lambda: with_parts(
            **{"xl/externalLinks/_rels/externalLink1.xml.rels": part("Relationships", link)}
        ),
        "macros": lambda: with_parts(**{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100}),
        "tags 150,000 deep": lambda: strings("<si>" * 150_000 + "</si>" * 150_000),
    }
    for what, make in books.items():
        yield Hostile(what, "名册.xlsm" if what == "macros" else "名册.xlsx", make)


def texts() -> Iterator[Hostile]:
    """The refused ones that are no workbooks."""
    head = ",".join(ROSTER).encode() + b"\n"
    files = {
        "one line of 5 MB": lambda: head + b"x" * 4_900_000,
        "one field of 5 MB": lambda: head + b'"' + b"x\n" * 2_400_000,
        "5 million commas": lambda: head + b"," * 4_900_000,
        "5 million lines": lambda: head + b"\n" * 4_900_000,
        "a person 4 million lines below": lambda: head + b"\n" * 4_000_000 + b"T1,x,y",
        "line ends of old": lambda: head + b"\r" * 4_900_000,
        "20,000 by 24": lambda: head + (b"x," * 24 + b"\n") * 20_000,
        "many columns": lambda: head + b"x," * 20_000,
        "all delimiters": lambda: head + b",\t;" * 30_000,
        "NUL bytes": lambda: head + b"T1,\0\0,x",
        "quotes never closed": lambda: head + b'"T1,x,y\n' + b"T2,x,y\n" * 9000,
        "20,000 people": lambda: head + b"".join(b"T%d,x,it\n" % n for n in range(19_990)),
        "20,000 faults": lambda: head + b"T!,,nowhere\n" * 19_990,
        "UTF-16": lambda: "工号,姓名,部门\nT1,张伟,机电".encode("utf-16"),
        "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    }
    yield from (Hostile(what, "名册.csv", make) for what, make in files.items())
