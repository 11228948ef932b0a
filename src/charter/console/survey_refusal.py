"""A request that a page of a survey answers with one sentence."""

from __future__ import annotations


class TurnedAway(Exception):
    """What cannot be done, under the key of its sentence: `why_` and `key` in `survey_words.yaml`.

    `language` and `survey` are empty where it is not known yet which they are.
    """

    def __init__(  # noqa: PLR0913 - what the page shows, each by name
        self,
        status: int,
        key: str,
        *,
        wait: int = 0,
        survey: str = "",
        language: str = "",
        words: str = "",
    ) -> None:
        super().__init__(key)
        self.status, self.key, self.wait = status, key, wait
        self.survey, self.language, self.words = survey, language, words
