"""Small faults put into source code one at a time, to see whether a test notices (mutation).

A mutant is a change of one place in the tree of a module: a comparison that moves by its edge, a
sum that becomes a difference, a condition turned round, a number one higher, a word misspelt, a
keyword left out. Doc strings and annotations are left alone: they decide nothing.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Change = tuple[str, Callable[[ast.AST], None]]
"""What to call it, and how to make it of a node."""

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "ROUND_DOWN": "ROUND_UP"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module. `within`: the qualified name of the outermost function or method it
    lies in, "" for what runs at import. `name` tells it from every other and outlives a change of
    line numbers."""

    module: str
    name: str
    within: str
    tree: ast.Module


def mutants(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its source."""
    tree = ast.parse(source)
    found: list[Mutant] = []
    seen: dict[str, int] = {}
    for index, (node, within) in enumerate(_places(tree)):
        for said, change in _changes(node):
            mutated = copy.deepcopy(tree)
            change(list(_places(mutated))[index][0])
            ast.fix_missing_locations(mutated)
            name = f"{module}.{within or '(import)'}: {said}"
            seen[name] = seen.get(name, 0) + 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            found.append(Mutant(module, name + again, within, mutated))
    return found


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]


def _places(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every node that decides something, with the function it lies in."""
    yield from _below(tree, (), "")


def _below(node: ast.AST, classes: Sequence[str], within: str) -> Iterator[tuple[ast.AST, str]]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "type_comment", "decorator_list"}:
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if not isinstance(child, ast.AST) or _is_doc(child):
                continue
            inside, named = within, classes
            if isinstance(child, ast.ClassDef) and not within:
                named = (*classes, child.name)
            elif isinstance(child, ast.FunctionDef) and not within:
                inside = ".".join((*classes, child.name))
            # A default is worked out when the function is made.
            yield child, "" if isinstance(node, ast.arguments) and inside.count(".") < 1 else inside
            yield from _below(child, named, inside)


def _is_doc(node: ast.AST) -> bool:
    """Whether a node is a doc string, of a module, class or function or of the value above it."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _changes(node: ast.AST) -> Iterator[Change]:
    """What can be made of one node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            yield _replaced(node, "ops", [COMPARED[type(op)]()])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in CALCULATED:
            yield _replaced(node, "op", CALCULATED[type(op)]())
        case ast.BoolOp(op=op):
            yield _replaced(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub()):
            yield _replaced(node, "op", ast.UAdd())
        case ast.If(test=test) | ast.IfExp(test=test) if not _turned_by_its_own(test):
            yield _said(test) + " turned round", _turn_round
        case ast.comprehension(ifs=[_, *_]):
            yield _said(node) + " without its condition", _setting("ifs", [])
        case ast.Constant(value=bool() | int() | str() as value):
            yield _replaced(node, "value", _other(value))
        case ast.Name(id=name) if name in NAMES:
            yield _replaced(node, "id", NAMES[name])
        case ast.Call(func=func, keywords=keywords):
            for at, keyword in enumerate(keywords):
                if keyword.arg is not None:
                    yield f"{_said(func)} without {_said(keyword)}", _leaving_out(at)


def _other(value: bool | int | str) -> bool | int | str:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


def _turned_by_its_own(test: ast.expr) -> bool:
    """Whether a change of the comparison itself already turns a condition round."""
    opposites = ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], opposites)


def _replaced(node: ast.AST, field: str, value: object) -> Change:
    other = copy.deepcopy(node)
    setattr(other, field, value)
    return f"{_said(node)} -> {_said(other)}", _setting(field, value)


def _setting(field: str, value: object) -> Callable[[ast.AST], None]:
    return lambda place: setattr(place, field, value)


def _turn_round(place: ast.AST) -> None:
    assert isinstance(place, ast.If | ast.IfExp)
    place.test = ast.UnaryOp(op=ast.Not(), operand=place.test)


def _leaving_out(at: int) -> Callable[[ast.AST], None]:
    def leave_out(place: ast.AST) -> None:
        assert isinstance(place, ast.Call)
        del place.keywords[at]

    return leave_out
