"""The verdict: what scores and findings come to, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sample_run

from ninefold.core.section import Finding, Level
from ninefold.report.judgement import Judgement, judge

ABOUT = {"NF301": "Leak: alive", "NF705": "Probabilities are off", "NF701": "Not better than the baseline"}


def finding(code: str, level: Level) -> Finding:
    return Finding(code, level, ABOUT.get(code, code), "evidence")


def told(*findings: Finding, **score: float) -> Judgement:
    return judge(sample_run.problem(), sample_run.evaluation(**score), findings)


@pytest.mark.parametrize(
    ("findings", "kind", "why"),
    [
        ((), "ship", "Nothing was found to act on."),
        ((("NF600", "good"), ("NF707", "info")), "ship", "Nothing that was looked for stands against it."),
        ((("NF705", "warning"),), "care", "Look first at “Probabilities are off”."),
        ((("NF301", "serious"),), "care", "Look first at “Leak: alive”."),
        ((("NF701", "serious"), ("NF705", "warning")), "stop", "Against it: “Not better than the baseline”."),
        ((("NF301", "serious"), ("NF701", "serious")), "stop", "Against it: “Not better than the baseline”."),
    ],
)
def test_findings_decide(findings: tuple[tuple[str, Level], ...], kind: str, why: str) -> None:
    verdict = told(*(finding(*each) for each in findings))
    assert (verdict.kind, verdict.text[-1]) == (kind, why)


def test_findings_of_a_kind_are_named_once() -> None:
    verdict = told(finding("NF705", "warning"), finding("NF706", "warning"), finding("NF705", "warning"))
    assert verdict.text[-1] == "Look first at “Probabilities are off” and “NF706”."


def test_only_the_first_findings_are_named() -> None:
    verdict = told(*(finding(f"NF71{i}", "warning") for i in range(5)))
    assert verdict.text[-1] == "Look first at “NF710”, “NF711”, “NF712” and 2 more."


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ({}, "the model clearly beats knowing only the class shares: ROC AUC 0.876 against 0.500, and 0.831 at"),
        ({"low": 0.48, "value": 0.55, "high": 0.62}, "may be no better than knowing only the class shares"),
        ({"low": 0.41, "value": 0.47, "high": 0.53}, "is no better than knowing only the class shares"),
    ],
)
def test_the_score_is_put_beside_the_baseline(score: dict[str, float], words: str) -> None:
    assert words in told(**score).text[0]


def test_where_less_is_better_the_worse_end_is_the_high_one() -> None:
    base = sample_run.evaluation(0.4, 0.5, 0.6)
    less = replace(base.headline, title="log-loss", higher_is_better=False, baseline=0.693)
    text = judge(sample_run.problem(), replace(base, headline=less), ()).text[0]
    assert "clearly beats" in text
    assert "0.600 at the worse end" in text


def test_without_a_baseline_the_interval_is_told() -> None:
    base = sample_run.evaluation()
    alone = replace(base, headline=replace(base.headline, baseline=None))
    assert (
        "the model has ROC AUC 0.876; its 95 % interval reaches from 0.831 to 0.916."
        in (judge(sample_run.problem(), alone, ()).text[0])
    )


def test_a_run_without_a_score_has_no_verdict_yet() -> None:
    assert judge(sample_run.problem(), None, ()).kind == "open"
