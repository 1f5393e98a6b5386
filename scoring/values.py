"""Values: records that nobody changes."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def frozen(kind: type[T]) -> type[T]:
    """A dataclass by keyword that is compared and hashed by its fields and never changed.

    The type checker sees to the last; a frozen dataclass would see to it once more whenever one
    is made, at three times the price, and every message makes a dozen of them.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(kind)
