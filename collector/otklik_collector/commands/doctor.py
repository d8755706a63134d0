"""otklik doctor: is everything well, and what is to be mended."""

from __future__ import annotations

import json
import os
from pathlib import Path

from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.settings import find_settings


def add(commands: Commands) -> None:
    doctor = commands.add("doctor", run, _("say what is well and what to mend"), "otklik doctor --reach")
    doctor.set_defaults(with_bad_settings=True)  # it is for them that one calls a doctor
    doctor.add_argument("--reach", action="store_true", help=_("also ask whether the collector answers at its address"))
    doctor.add_argument("--json", action="store_true", help=_("print the findings as JSON"))


def run(context: Context) -> int:
    from otklik_collector.doctor import examine
    from otklik_collector.findings import OK, WARNING, WRONG, Patient

    found = find_settings(Path(context.args.content).absolute().parent, os.environ)
    patient = Patient(found, context.content, context.journey_file, context.out, context.db)
    findings = list(examine(patient, reach=context.args.reach))
    wrong = sum(finding.level == WRONG for finding in findings)
    if context.args.json:
        print(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False, indent=2))
        return REFUSED if wrong else DONE
    words = {OK: _("ok"), WARNING: _("warning"), WRONG: _("wrong")}
    width = max(map(len, words.values()))
    for finding in findings:
        line = f"{words[finding.level]:{width}}  {finding.check:8}  {finding.text}"
        print(f"{line}\n{'':{width + 12}}{finding.mend}" if finding.mend else line)
    warnings = sum(finding.level == WARNING for finding in findings)
    if wrong:
        show(_.plural("%(n)d thing is wrong", "%(n)d things are wrong", wrong))
    elif warnings:
        show(_.plural("Nothing is wrong; %(n)d warning", "Nothing is wrong; %(n)d warnings", warnings))
    else:
        show(_("All is well"))
    return REFUSED if wrong else DONE
