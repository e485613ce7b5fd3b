"""``ninefold report``: an old run's page in the looks of this release; ``ninefold show`` tells the same verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sample_run

from ninefold.cli.report import report
from ninefold.cli.show import show
from ninefold.core.errors import RunError


def test_the_page_is_written_again_and_its_place_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sample_run.write(tmp_path / "7f3c2a")
    (folder / "report.html").write_text("of an earlier release")
    report("7f3c2a", tmp_path)
    assert "7f3c2a/report.html" in capsys.readouterr().out.replace("\\", "/")
    assert "Ship it with care" in (folder / "report.html").read_text()


def test_json_names_the_page_and_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sample_run.write(tmp_path / "7f3c2a")
    report(str(folder), tmp_path, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "run": "7f3c2a",
        "report": str(folder / "report.html"),
        "data": str(folder / "report.json"),
        "datasheet": str(folder / "datasheet.md"),
    }


def test_report_json_alone_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = sample_run.write(tmp_path / "whole")
    report(str(whole), tmp_path)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "report.json").write_bytes((whole / "report.json").read_bytes())
    report("alone", tmp_path, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["datasheet"] is None
    assert (alone / "report.html").read_text() == (whole / "report.html").read_text()


def test_show_begins_with_the_verdict_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(str(sample_run.write(tmp_path / "7f3c2a")), tmp_path)
    second = capsys.readouterr().out.splitlines()[1]
    assert second.startswith("Ship it with care  On 179 rows")


def test_no_run_is_an_error_that_names_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(RunError, match='no run or bundle "nothing"') as caught:
        report("nothing", tmp_path)
    assert "make one" in caught.value.hint
