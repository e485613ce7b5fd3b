"""Why it cannot be told what each raw column adds."""


class Untold(Exception):
    """A form has no path, or telling would cost too much; the answer then says which share of it is not told."""
