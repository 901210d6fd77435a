"""What keeps the oracle from doing a part of its work."""


class Problem(Exception):
    """One thing that went wrong, with a remedy. The rest of the work goes on."""

    def __init__(self, what, remedy):
        super().__init__(f"{what}: {remedy}")
        self.what = what
        self.remedy = remedy
