"""``autograder doctor``."""

from __future__ import annotations

from dataclasses import asdict

import click

from autograder.cli.main import as_json, out, plain_errors, print_json

SIGNS = {"ok": "[green]✓[/green]", "better": "[yellow]![/yellow]", "broken": "[red]✗[/red]"}


@click.command("doctor")
@as_json
@click.pass_context
def command(context: click.Context, json_: bool) -> None:
    """Say what works on this machine, what does not, and how to get better. Exit status 1 if something is broken."""
    from autograder.doctor import examine

    with plain_errors():
        findings = examine(context.obj.folder)
    if json_:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            out.print(f"{SIGNS[finding.state]} {finding.topic:12}", finding.text, soft_wrap=True)
    context.exit(1 if any(finding.state == "broken" for finding in findings) else 0)
