"""Understand an incoming text: which command with which arguments, or silence.

Pure and fast, and it never raises: it runs for every message of every linked group before
anything is stored. It knows commands only through the registry; whether somebody may do what
they ask is decided elsewhere. The rules of speaking are C1, C3, C6 and C20.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from commands.chat.messages import Incoming
from commands.chat.requests import MAX_WORD, Command
from commands.conversation.understanding import (
    NOTHING,
    SILENT,
    Understanding,
    answers,
    too_long,
)
from commands.grammar import links
from commands.grammar.arguments import Arguments, read_folded
from commands.grammar.asking import asks
from commands.grammar.by_word import SHOWN, named_as_unit
from commands.grammar.folding import MAX_TEXT, Spoken, clean, fold, spoken
from commands.grammar.lexicon import Lexicon
from commands.grammar.line import Setting
from commands.grammar.quantities import find_count, marked_numbers
from commands.wording.formats import cut
from commands.wording.sentences import say
from db.people import Person

Words = Mapping[str, Command]
_AFTER_WORD = " \n:：,，、;；。="
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz_")
_DECISION = frozenset({"number", "numbers"})


@dataclass(slots=True)
class _Line:
    """The text being read. `slash`: it began with / or ／; `quote`: a copy of what it quotes.
    `stranger`: who says it is not bound, so what only the bound may say is not read further."""

    text: str
    copy: str
    slash: bool
    quote: str
    incoming: Incoming
    words: Words
    setting: Setting
    stranger: bool


@dataclass(slots=True, kw_only=True)
class _Found:
    """A command at the beginning of a line, with its arguments read."""

    command: Command
    word: str
    text: str
    said: Arguments
    glued: bool


def understand(
    incoming: Incoming,
    lexicon: Lexicon,
    who: Person | None,
    *,
    words: Words,
    bot_names: Sequence[str],
    year: int,
    pending: str = "",
    said: Spoken | None = None,
) -> Understanding:
    """What an event asks for. `words`: the commands by word; `year`: the plan's; `pending`: the
    line of an open dialogue; `said`: the message if it is cleaned and folded already."""
    if incoming.forwarded or incoming.edited:
        return SILENT
    pressed = incoming.press is not None
    raw = incoming.press if incoming.press is not None else incoming.text
    addressed = pressed or incoming.addressed or not incoming.chat.group
    if len(raw) > MAX_TEXT:
        return too_long() if addressed or raw.lstrip()[:1] in ("/", "／") else SILENT
    said = said or spoken(raw, incoming.quote)
    text, copy = said.text, said.copy
    if "@" in copy:
        text, copy, mentioned = _without_mentions(text, copy, tuple(bot_names))
        addressed = addressed or mentioned
        if _OTHER_BOT.match(copy):
            return SILENT
    slash = copy[:1] == "/"
    if slash:
        text, copy = text[1:].lstrip(), copy[1:].lstrip()
        addressed = True
    setting = Setting(lexicon, year, incoming.sent_at)
    stranger = who is None and incoming.author is not None
    line = _Line(text, copy, slash, said.quote, incoming, words, setting, stranger)
    found = _find(line, addressed)
    if not addressed:
        return _overheard(line, found, who)
    if pending and not pressed:
        return _continued(line, found, pending)
    return _answered(line, found) if found else _unknown(line, who)


# --- mentions ------------------------------------------------------------------------------

_OTHER_BOT = re.compile(r"/[^\s@]{1,32}@[0-9a-z_]{3,32}(?![0-9a-z_])")


@lru_cache(maxsize=16)
def _mention(names: tuple[str, ...]) -> re.Pattern[str]:
    """@name of any of the names, the longest first; a Latin name ends where its word ends."""
    folded = sorted({fold(clean(name)).lstrip("@") for name in names} - {""}, key=len, reverse=True)
    each = (re.escape(name) + ("(?![0-9a-z_])" if name[-1].isascii() else "") for name in folded)
    return re.compile(f"@ ?(?:{'|'.join(each)})" if folded else r"(?!)")


def _without_mentions(text: str, copy: str, names: tuple[str, ...]) -> tuple[str, str, bool]:
    pattern = _mention(names)
    kept: list[tuple[int, int]] = []
    end = 0
    for found in pattern.finditer(copy):
        kept.append((end, found.start()))
        end = found.end()
    if not end:
        return text, copy, False
    kept.append((end, len(copy)))
    text = " ".join(text[a:b].strip(" \u3000\u2005\xa0") for a, b in kept).strip(" \n:：,，")
    return text, fold(text), True


# --- the command and its arguments -----------------------------------------------------------


def _find(line: _Line, addressed: bool) -> _Found | None:
    """The longest command word that begins the line and leaves readable arguments."""
    copy, words = line.copy, line.words
    space = copy.find(" ", 0, MAX_WORD)
    for length in range(space if space > 0 else min(MAX_WORD, len(copy)), 0, -1):
        command = words.get(copy[:length])
        if command is None or (command.internal and line.incoming.press is None):
            continue
        after = copy[length : length + 1]
        latin = copy[0].isascii() and copy[length - 1] in _LATIN
        if latin and (after in _LATIN or not (addressed or line.slash)):
            continue
        glued = bool(after) and after not in _AFTER_WORD
        if line.stranger and not command.unbound:
            return _unread(command, copy[:length], glued)
        found = _read(line, command, length, glued)
        if not glued or (found.said.typed and (found.said.problem or not found.said.leftover)):
            return found
    return None


def _unread(command: Command, word: str, glued: bool) -> _Found:
    """A command that is not for strangers; who it is for is all that they are told."""
    said = Arguments(problem=say("speaking.bind_here"))
    return _Found(command=command, word=word, text="", said=said, glued=glued)


def _read(line: _Line, command: Command, length: int, glued: bool) -> _Found:
    copy = line.copy[length:]
    start = length + len(copy) - len(copy.lstrip(_AFTER_WORD))
    text, copy = line.text[start:], line.copy[start:]
    said = read_folded(command.slots, text, copy, line.setting)
    if line.quote and line.incoming.press is None:
        text, said = _with_quote(line, command, text, copy, said)
    if said.leftover and not any(char.isalnum() for char in said.leftover):
        said.leftover = ""
    return _Found(command=command, word=line.text[:length], text=text, said=said, glued=glued)


def _with_quote(
    line: _Line, command: Command, text: str, copy: str, said: Arguments
) -> tuple[str, Arguments]:
    """Take the number that the line does not name from the text it quotes (C3)."""
    slot = next((slot for slot in command.slots if slot.kind in _DECISION), None)
    if slot is None or marked_numbers(copy):
        return text, said
    counts = any(other.kind == "count" for other in command.slots)
    if slot.name in said.values and not counts:
        return text, said
    if not slot.required and any(key != slot.name for key in said.values) and not counts:
        return text, said
    quoted = marked_numbers(line.quote)
    if not quoted:
        return text, said
    if len(quoted) > 1:
        said.problem = say("speaking.several_quoted")
        said.choices = tuple((f"#{number}", f"#{number} {text}".strip()) for number in quoted[:6])
        return text, said
    text = f"#{quoted[0]} {text}".strip()
    return text, read_folded(command.slots, text, fold(text), line.setting)


# --- not addressed: a line must be complete for its speaker ------------------------------------


def _overheard(line: _Line, found: _Found | None, who: Person | None) -> Understanding:
    if found is None or not _acts_unasked(line, found, who):
        return SILENT
    return replace(_answered(line, found), addressed=False)


def _acts_unasked(line: _Line, found: _Found, who: Person | None) -> bool:
    command, said = found.command, found.said
    if said.problem or said.missing or said.leftover or command.never_bare or command.needs_file:
        return False
    if not command.reads and asks(line.copy):
        return False
    if not (command.unbound or (who and (not command.roles or command.roles & who.roles))):
        return False
    if not found.text.strip():
        return command.bare
    kinds = {slot.kind: slot.name for slot in command.slots}
    if "phone" in kinds and kinds["phone"] not in said.values:
        return False
    if command.roles and not _DECISION.isdisjoint(kinds):
        return "#" in line.copy
    return said.typed or (not found.glued and bool(said.values))


# --- addressed: always one answer ---------------------------------------------------------------


def _answered(line: _Line, found: _Found) -> Understanding:
    command, said = found.command, found.said
    word = command.words[0] if command.words else command.name
    problem, vague = said.problem, said.vague
    if said.leftover and not problem:
        vague = True
        key = "speaking.leftover" if command.example else "speaking.leftover_of_word"
        left = cut(said.leftover, SHOWN)
        problem = say(key, said=left, example=command.example, word=word)
    return Understanding(
        command=command,
        args=said.values,
        line=f"{word} {found.text}".rstrip(),
        missing=said.missing,
        problem=problem,
        vague=vague,
        choices=_whole(word, said.choices) if said.choices else (),
    )


def _whole(word: str, choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, f"{word} {text}".rstrip()) for label, text in choices)


def _continued(line: _Line, found: _Found | None, pending: str) -> Understanding:
    """Continue a dialogue, unless the line is a complete command or just the word of one, and not
    what was asked for."""
    before = clean(pending)
    if not line.text:
        return NOTHING
    text = f"{before} {line.text}"
    whole = replace(line, text=text, copy=fold(text))
    again = _find(whole, addressed=True)
    clear = found and not found.said.problem and not found.said.leftover
    if found and clear and (found.said.missing is None or not found.text.strip()):
        waits = _find(replace(line, text=before, copy=fold(before), quote=""), addressed=True)
        heard = _answered(line, found)
        if not (waits and again) or not answers(
            heard, _answered(line, waits), _answered(whole, again)
        ):
            return heard
    if again is None:
        return _answered(line, found) if found else _unknown(line, None)
    answer = _answered(whole, again)
    return replace(answer, line=before) if answer.problem and not answer.choices else answer


def _unknown(line: _Line, who: Person | None) -> Understanding:
    """Understand a line without a command: only links, a unit, nothing, or a near miss."""
    incoming, copy = line.incoming, line.copy
    if not any(char.isalnum() for char in copy):
        unsaid = not (incoming.file or incoming.file_too_big or line.slash or "?" in copy)
        quiet = not incoming.chat.group and unsaid
        return NOTHING if quiet else Understanding()
    bare_links = _bare_links(line, who)
    if bare_links:
        return _only_links(line, bare_links, who)
    counted = _counted(line)
    if counted:
        return counted
    if copy.startswith(_UNREADABLE):
        return Understanding(command=line.words.get("unreadable"))
    if not incoming.chat.group:
        unit = _bare_unit(line)
        score = line.words.get("score")
        if unit and score:
            slot = next((slot for slot in score.slots if slot.kind == "unit"), None)
            args = {slot.name: unit} if slot else {}
            word = score.words[0] if score.words else score.name
            return Understanding(
                command=score, args=args, line=f"{word} {line.text}", bare_unit=unit
            )
    return Understanding(guesses=_guesses(line, who))


_OFFICERS = frozenset({"宣传员", "部门负责人"})
_WISH = re.compile("报[个一下了上新软栏视]|[帮请替]|麻烦|怎么|为什么|[吗呢?]|撤|改成|更正|删")
"""Words by which a line with a link asks for something; a pasted title has none."""

_UNREADABLE = "[视频号"
"""How a Channels card begins on a platform that shows it as text."""


def _reports(who: Person | None) -> bool:
    return who is not None and not _OFFICERS.isdisjoint(who.roles)


def _only_links(line: _Line, found: tuple[str, ...], who: Person | None) -> Understanding:
    """Ask of what kind the links are, if the sender reports for a unit (C2)."""
    command = line.words.get("sort") if _reports(who) else None
    said = f"sort {line.text}" if command else ""
    return Understanding(command=command, line=said, bare_links=found)


def _counted(line: _Line) -> Understanding | None:
    """The views of a quoted #number that is answered by a count alone (C3)."""
    views = line.words.get("views")
    if views is None or not marked_numbers(line.quote):
        return None
    found = find_count(line.copy)
    if found is None or f"{line.copy[: found[1]]}{line.copy[found[2] :]}".strip(" 。.次"):
        return None
    word = views.name
    whole = replace(line, text=f"{word} {line.text}", copy=f"{word} {line.copy}")
    again = _find(whole, addressed=True)
    return _answered(whole, again) if again else None


def _bare_links(line: _Line, who: Person | None) -> tuple[str, ...]:
    """The links of a line that holds nothing else or, from an officer, only what is pasted around
    them: a title, the text of a 分享 button."""
    found = list(links.spans(line.text, line.copy))
    if not found:
        return ()
    outside = line.copy
    for start, end in reversed(found):
        outside = outside[:start] + outside[end:]
    if any(char.isalnum() for char in outside) and (_WISH.search(outside) or not _reports(who)):
        return ()
    return tuple(link for start, end in found if (link := links.whole(line.text[start:end])))


def _bare_unit(line: _Line) -> str | None:
    lexicon, said = line.setting.lexicon, line.copy.strip(" 。.?!~")
    major = named_as_unit(said, lexicon)
    meant = lexicon.places.get(major or said, ())
    whole = len(meant) == 1 and (major is not None or meant[0].major is None)
    return meant[0].unit if whole else None


# --- did you mean --------------------------------------------------------------------------------

_LIKE = 50.0
"""The lowest score of a guess: half alike, as 我得 and 我的."""


_SURE = 3
"""A shorter word is guessed only where it does nothing but answer."""


def _guesses(line: _Line, who: Person | None) -> tuple[str, ...]:
    """At most three words, of different commands, that the line may have been meant to begin
    with or to contain; only commands that the speaker may use."""
    from rapidfuzz.distance import OSA

    best: dict[str, tuple[float, str]] = {}
    for word, command in _sayable(line.words, who):
        if len(word) < _SURE and not command.reads:
            continue
        score = 0.0
        for length in (len(word), len(word) + 1):
            head = line.copy[:length].rstrip()
            score = max(score, 100 * OSA.normalized_similarity(word, head))
        if score >= (_LIKE if len(word) > 1 else 100) and score > best.get(command.name, (0.0,))[0]:
            best[command.name] = score, word
    ranked = sorted(best.values(), key=lambda guess: (-guess[0], guess[1]))
    return tuple(word for _, word in ranked[:3])


def _sayable(words: Words, who: Person | None) -> Iterable[tuple[str, Command]]:
    roles = who.roles if who else frozenset()
    return (
        (word, command)
        for word, command in words.items()
        if not command.internal and (not command.roles or command.roles & roles)
    )
