"""What readers raise for an argument that cannot be one."""


class Unclear(Exception):
    """Something is meant as an argument but cannot be one. `choices`: (label, text) pairs to
    continue with; the text replaces all the arguments. `vague`: it may be no argument at all, but
    somebody's own words."""

    def __init__(
        self, sentence: str, choices: tuple[tuple[str, str], ...] = (), *, vague: bool = False
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.choices = choices
        self.vague = vague
