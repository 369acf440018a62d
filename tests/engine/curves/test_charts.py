from __future__ import annotations

from engine.curves.charts import charts


def test_training_and_evaluation_share_a_chart() -> None:
    names = ["eval_loss", "loss", "learning_rate", "grad_norm"]
    assert charts(names) == [("loss", "eval_loss"), ("grad_norm",), ("learning_rate",)]


def test_hosted_metrics_are_paired_by_their_names() -> None:
    names = ["train_loss", "valid_loss", "full_valid_loss", "train_accuracy", "valid_accuracy"]
    assert charts(names) == [
        ("train_loss", "valid_loss", "full_valid_loss"),
        ("train_accuracy", "valid_accuracy"),
    ]


def test_a_metric_of_the_users_own_is_paired_with_its_evaluation() -> None:
    assert charts(["f1", "eval_f1"]) == [("f1", "eval_f1")]


def test_an_evaluation_alone_has_its_own_chart() -> None:
    assert charts(["eval_loss"]) == [("eval_loss",)]
    assert charts([]) == []
