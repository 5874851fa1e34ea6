"""`curator rules …`: for those who write rules; one file per command."""

from __future__ import annotations

import typer

from curator.cli.rules.check import check
from curator.cli.rules.evaluate import evaluate
from curator.cli.rules.explain import explain
from curator.cli.rules.fmt import fmt
from curator.cli.rules.listing import list_rules
from curator.cli.rules.mine import mine
from curator.cli.rules.new import new
from curator.cli.rules.schema import schema
from curator.cli.rules.stats import stats
from curator.cli.rules.try_rule import try_rule

__all__ = ["app"]

app = typer.Typer(help="Check, try and list rule files.", no_args_is_help=True, rich_markup_mode="rich")

app.command("check")(check)
app.command("eval")(evaluate)
app.command("explain")(explain)
app.command("list")(list_rules)
app.command("fmt")(fmt)
app.command("new")(new)
app.command("schema")(schema)
app.command("try")(try_rule)
app.command("mine")(mine)
app.command("stats")(stats)
