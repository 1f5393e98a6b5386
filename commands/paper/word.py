"""A paper as a Word document in the format of official papers (GB/T 9704): A4, margins
37/35/28/26 mm, 22 lines of 16 pt on a pitch of 28 pt, levels 一、 （一） 1., page numbers — 1 —.

No font is shipped: the fonts of that format are named, with substitutes for where they are not
installed. The same paper gives the same bytes.
"""

import io
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from commands.paper.blocks import Block, Drawing, Table, Text, date_words
from commands.paper.steady import steady
from scoring.moments import Instant

TITLE_FONT, BODY_FONT, LATIN_FONT = "方正小标宋简体", "仿宋_GB2312", "Times New Roman"
HEADING_FONTS = {1: "黑体", 2: "楷体_GB2312"}
PAGE_NUMBER_FONT = "宋体"
STAND_INS = {
    "方正小标宋简体": "宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
"""What a viewer uses where a font of the format is not installed."""

TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
PAGE = 210, 297
BODY_SIZE, PITCH = 16, 28
TITLE_SIZE, MARK_SIZE, TABLE_SIZE, NUMBER_SIZE = 22, 30, 12, 14
NARROW_SIZE = 10.5
"""The size of a table of more than MOST_COLUMNS."""

MOST_COLUMNS = 8
TABLE_PITCH = 20
WHOLE = 14
"""Most rows of a table that is kept on one page."""

LANGUAGES = {"val": "en-US", "eastAsia": "zh-CN"}
"""Without them a viewer may set Chinese signs in the middle of their square, as in Taiwan, and
break a number at the end of a line."""

RED = "FF0000"
NUMBERS_FROM = 2
"""Columns of a table from this one on hold numbers and are centred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is laid out. `mark`: the issuing body, "" for a plain page. `note` stands under the
    title, `small` under the signature in small type."""

    mark: str = ""
    title: str
    note: str = ""
    recipient: str = ""
    blocks: Iterable[Block]
    attachment: str = ""
    signature: str
    at: Instant
    small: str = ""


def lay_out(paper: Paper) -> bytes:
    """The bytes of a .docx."""
    from docx import Document

    sheet = Document()
    for paragraph in list(sheet.paragraphs):
        paragraph._element.getparent().remove(paragraph._element)
    _page(sheet)
    _fonts(sheet)
    _properties(sheet, paper)
    _top(sheet, paper)
    for block in paper.blocks:
        _put(sheet, block)
    _keep_last(sheet)
    _bottom(sheet, paper)
    packed = io.BytesIO()
    sheet.save(packed)
    return steady(packed.getvalue())


def _put(sheet: Any, block: Block) -> None:
    if isinstance(block, Table):
        _table(sheet, block)
    elif isinstance(block, Drawing):
        _drawing(sheet, block)
    else:
        _text(sheet, block)


def _keep_last(sheet: Any) -> None:
    """Keep the last words with the signature, which never stands alone on a page."""
    if sheet.paragraphs:
        sheet.paragraphs[-1].paragraph_format.keep_with_next = True


# --- the page -----------------------------------------------------------------------------


def _page(paper: Any) -> None:
    from docx.shared import Mm

    section = paper.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    for old in section._sectPr.findall(_name("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(_element("w:docGrid", type="lines", linePitch=str(PITCH * 20)))
    paper.settings.odd_and_even_pages_header_footer = True
    _number(section.footer, "right")
    _number(section.even_page_footer, "left")


def _number(footer: Any, side: str) -> None:
    """Add the page number, — 1 —, on the outer side and one character in."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    _shape(paragraph, side=side, pitch=0, indent={f"{side}Chars": "100", side: "280"})
    for piece in ("— ", None, " —"):
        run = paragraph.add_run(piece or "")
        _font(run, PAGE_NUMBER_FONT, NUMBER_SIZE, latin=PAGE_NUMBER_FONT)
        if piece is None:
            for kind in ("begin", "PAGE", "end"):
                run._element.append(_field(kind))


def _field(kind: str) -> Any:
    if kind == "PAGE":
        text = _element("w:instrText")
        text.text = " PAGE "
        return text
    return _element("w:fldChar", fldCharType=kind)


def _fonts(paper: Any) -> None:
    """Name the substitutes in the font table, and make the body's font the default."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in STAND_INS.items()
    )
    table = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{fonts}</w:fonts>"
    )
    for relation in paper.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            relation.target_part._blob = table.encode()
    style = paper.styles["Normal"]
    _font(style, BODY_FONT, BODY_SIZE)
    for properties in (
        paper.styles.element.find(f".//{_name('w:rPrDefault')}/{_name('w:rPr')}"),
        style._element.get_or_add_rPr(),
    ):
        for old in properties.findall(_name("w:lang")):
            properties.remove(old)
        properties.append(_element("w:lang", **LANGUAGES))


def _properties(sheet: Any, paper: Paper) -> None:
    kept = sheet.core_properties
    kept.title, kept.author, kept.comments = paper.title, paper.signature, ""
    kept.last_modified_by, kept.revision = paper.signature, 1
    # A document tells UTC, and whoever opens it sees the time of the place.
    kept.created = kept.modified = datetime.fromtimestamp(paper.at, UTC)


# --- the parts of the paper ---------------------------------------------------------------


def _top(sheet: Any, paper: Paper) -> None:
    """The issuing body in red above a red line, the title, and the recipient."""
    if paper.mark:
        head = _line(sheet, paper.mark, TITLE_FONT, MARK_SIZE, side="center", pitch=0)
        head.paragraph_format.space_before = _points(60)
        head.paragraph_format.space_after = _points(12)
        head.runs[0].font.color.rgb = _red()
        _border(head)
        _line(sheet, "", BODY_FONT, BODY_SIZE)
    _line(sheet, paper.title, TITLE_FONT, TITLE_SIZE, side="center", pitch=32)
    if paper.note:
        _line(sheet, paper.note, HEADING_FONTS[2], BODY_SIZE, side="center")
    _line(sheet, "", BODY_FONT, BODY_SIZE)
    if paper.recipient:
        _line(sheet, paper.recipient, BODY_FONT, BODY_SIZE)


def _bottom(sheet: Any, paper: Paper) -> None:
    first = len(sheet.paragraphs)
    if paper.attachment:
        _line(sheet, "", BODY_FONT, BODY_SIZE)
        _text(sheet, Text(text=paper.attachment))
    _line(sheet, "", BODY_FONT, BODY_SIZE)
    for text in (paper.signature, date_words(paper.at)):
        _line(sheet, text, BODY_FONT, BODY_SIZE, side="right", indent=_FOUR_IN)
    for line in sheet.paragraphs[first:]:
        line.paragraph_format.keep_with_next = True
    if paper.small:
        _line(sheet, paper.small, BODY_FONT, TABLE_SIZE, pitch=TABLE_PITCH)


_FOUR_IN = {"rightChars": "400", "right": "1280"}
_TWO_IN = {"firstLineChars": "200", "firstLine": "640"}


def _text(paper: Any, block: Text) -> None:
    font = HEADING_FONTS.get(block.level, BODY_FONT)
    line = _line(paper, block.text, font, BODY_SIZE, side="both", indent=_TWO_IN)
    if block.level:
        line.paragraph_format.keep_with_next = True


def _line(
    paper: Any,
    text: str,
    font: str,
    size: int,
    *,
    side: str = "left",
    pitch: int = PITCH,
    indent: Mapping[str, str] | None = None,
) -> Any:
    paragraph = paper.add_paragraph()
    _shape(paragraph, side=side, pitch=pitch, indent=indent or {})
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _table(paper: Any, block: Table) -> None:
    """A ruled table as wide as the page. A short one stays on one page; the head of a long one is
    repeated."""
    from docx.shared import Mm

    table = paper.add_table(rows=0, cols=len(block.head), style="Table Grid")
    table.autofit, table.alignment = False, 1
    room = PAGE[0] - LEFT - RIGHT
    widths = [Mm(room * width / sum(block.widths)) for width in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    size = TABLE_SIZE if len(block.head) <= MOST_COLUMNS else NARROW_SIZE
    shaped: dict[tuple[bool, str, bool], Any] = {}  # a copy costs a tenth of shaping anew
    for at, cells in enumerate((block.head, *block.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("w:cantSplit"))
        if at == 0:
            properties.append(_element("w:tblHeader"))
        for column, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[column]
            side = "center" if at == 0 or column == 0 or column >= NUMBERS_FROM else "left"
            kept = at < len(block.rows) <= WHOLE
            known = shaped.get((at == 0, side, kept))
            line = cell.paragraphs[0]
            if known is None:
                _shape(line, side=side, pitch=TABLE_PITCH, indent={})
                _font(line.add_run(text), HEADING_FONTS[1] if at == 0 else BODY_FONT, size)
                line.paragraph_format.keep_with_next = kept
                shaped[at == 0, side, kept] = line._element
            else:
                cell._element.replace(line._element, deepcopy(known))
                cell.paragraphs[0].runs[0].text = text
            cell.vertical_alignment = 1
    _line(paper, "", BODY_FONT, TABLE_SIZE, pitch=10)


def _drawing(paper: Any, block: Drawing) -> None:
    from docx.shared import Mm

    line = paper.add_paragraph()
    _shape(line, side="center", pitch=0, indent={})
    width = Mm((PAGE[0] - LEFT - RIGHT) * block.share / 100)
    shown = line.add_run().add_picture(io.BytesIO(block.data), width=width)
    shown._inline.docPr.set("descr", block.told)


# --- XML ----------------------------------------------------------------------------------


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(tag))


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(_name(f"w:{name}"), value)
    return found


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _red() -> Any:
    from docx.shared import RGBColor

    return RGBColor.from_string(RED)


def _font(target: Any, east: str, size: float, *, latin: str = LATIN_FONT) -> None:
    """Set the fonts of Chinese and of Latin characters on a run or a style."""
    target.font.name, target.font.size = latin, _points(size)
    fonts = target._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(_name("w:eastAsia"), east)
    fonts.set(_name("w:hint"), "eastAsia")


def _shape(paragraph: Any, *, side: str, pitch: int, indent: Mapping[str, str]) -> None:
    """Set alignment, exact line pitch (0: as high as the line needs) and indents in characters."""
    from docx.enum.text import WD_LINE_SPACING

    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = _points(0)
    if pitch:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, _points(pitch)
    properties = paragraph._element.get_or_add_pPr()
    if indent:
        properties.append(_element("w:ind", **indent))
    properties.append(_element("w:jc", val=side))


def _border(paragraph: Any) -> None:
    """Draw the red line under the issuing body."""
    edge = _element("w:bottom", val="single", sz="18", space="8", color=RED)
    borders = _element("w:pBdr")
    borders.append(edge)
    paragraph._element.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )
