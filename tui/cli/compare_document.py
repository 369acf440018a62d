"""A comparison as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.comparing.metrics import Measured
    from engine.comparing.requirements import Verdict
    from engine.comparing.suites import RowApart, Scored, SuiteComparison
    from tui.cli.compare import Found


def document(found: Found) -> dict[str, Any]:
    """Return all that a comparison says."""
    compared = found.comparison
    said = {
        "compared": [
            {
                "id": each.id,
                "name": each.name,
                "job": each.job.id if each.job else None,
                "model": each.model.id if each.model else None,
                "recorded_as": each.recorded_as,
            }
            for each in compared.subjects
        ],
        "lineage": compared.lineage,
        "settings": [
            {
                "topic": each.topic,
                "name": each.name,
                "values": each.values,
                "differs": each.differs,
                "alone": each.is_alone,
            }
            for each in compared.settings
        ],
        "data": found.data,
        "metrics": [_metric(each) for each in compared.metrics],
        "scores": [
            {
                "measure": table.measure,
                "steps": table.steps,
                "scores": [_metric(each) for each in table.scores],
            }
            for table in found.scores
        ],
        "answers": {
            "prompts": found.answers.prompts,
            "counts": [
                {"name": row.name, "values": row.values, "best": sorted(row.best)}
                for row in found.answers.rows
            ],
        },
        "suites": [_suite(each) for each in found.suites],
        "no_suites": found.no_suites,
        "results": found.results,
    }
    if found.verdicts:
        said["requirements"] = {
            "hold": all(each.holds for each in found.verdicts),
            "verdicts": [_verdict(each) for each in found.verdicts],
        }
    return said


def _metric(measured: Measured) -> dict[str, Any]:
    return {"name": measured.name, "values": measured.values, "best": sorted(measured.best)}


def _suite(compared: SuiteComparison) -> dict[str, Any]:
    suite = compared.suite
    return {
        "suite": {"id": suite.id, "name": suite.name, "version": suite.version},
        "prompts": compared.prompts,
        "evaluations": compared.evaluations,
        "costs": compared.costs,
        "scorers": [_scored(each) for each in compared.scorers],
        "rows": [_row(each) for each in compared.rows],
        "warnings": compared.warnings,
        "missing": list(compared.missing.values()),
    }


def _scored(scored: Scored) -> dict[str, Any]:
    return {
        "label": scored.label,
        "against": scored.against,
        "says": scored.says,
        "unit": scored.unit,
        "higher_is_better": scored.higher_is_better,
        "rows": scored.rows,
        "figures": scored.figures,
        "differences": scored.differences,
        "ratios": scored.ratios,
        "tallies": scored.tallies,
        "left_out": scored.left_out,
        "best": sorted(scored.best),
    }


def _row(row: RowApart) -> dict[str, Any]:
    return {
        "prompt": row.digest,
        "messages": row.prompt.messages,
        "reference": row.reference,
        "answers": row.answers,
        "scores": row.scores,
        "apart": row.apart,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    from tui.cli.output import plain

    required = verdict.requirement
    return {
        "requirement": required.text,
        "metric": required.metric,
        "operator": required.operator,
        "bound": required.bound,
        "is_ratio": required.is_ratio,
        "holds": verdict.holds,
        "why_not": verdict.why_not,
        **plain(verdict.found),
    }
