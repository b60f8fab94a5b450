"""Manifests for tests: a smallest one to which each test adds, and mistakes with the messages that they must give."""

from __future__ import annotations

from dataclasses import dataclass

REVIEW = 'id = "demo"\ntitle = "Demo"\nquestion = { population = "people", intervention = "drug" }\n'
OUTCOME = 'id = "os"\ntitle = "Survival"\nresult = "os"\nmeasure = "HR"\n'


def manifest(*, top: str = "", review: str = REVIEW, outcome: str = OUTCOME, more: str = "", end: str = "") -> str:
    """A manifest: keys before [review], the review, ``more`` tables, one outcome, ``end``.

    With the defaults [review] stands on line 1 (plus the lines of ``top``) and [[outcomes]] on line 5.
    """
    return f"{top}[review]\n{review}{more}[[outcomes]]\n{outcome}{end}"


@dataclass(frozen=True)
class Wrong:
    """A manifest with mistakes."""

    text: str
    says: tuple[str, ...]
    """Each message after the file name, in order; one that ends in … is only the beginning."""
    schema_sees: bool = True
    """Whether the JSON Schema can see one of the mistakes too."""


def _outcome(lines: str, *says: str, schema_sees: bool = True) -> Wrong:
    """A mistake in the outcome: what is added starts on line 10."""
    return Wrong(manifest(end=lines), says, schema_sees)


def _model(lines: str, *says: str, schema_sees: bool = True) -> Wrong:
    return _outcome(f"{lines}\n", *says, schema_sees=schema_sees)


_MODEL_KEYS = "Allowed here: tau2, interval, …"
_FILTER_KEYS = "Allowed here: field, in, not_in, min, max, missing, reason."
_TIMEPOINT = 'write "any", "latest", "earliest", "unstated", a number of months, or { at = 24, within = 6 }.'
_STATUSES = "allowed: verified, derived, from-review, reconstructed, unverified."

WRONG: dict[str, Wrong] = {
    # --- unknown keys ----------------------------------------------------------------------------------------
    "unknown key at the top": Wrong(
        manifest(top="reviews = 1\n"),
        (
            '1: reviews: unknown key. Did you mean "review"? Allowed here: requires, review, people, evidence, '
            "plugins, sources, network, living, extraction, appraisal, instruments, eligibility, defaults, outcomes, "
            "summary_of_findings, audit, replication, renderers.",
        ),
    ),
    "unknown key in the review": Wrong(
        manifest(review=REVIEW + 'registraton = "x"\n'),
        (
            '5: review.registraton: unknown key. Did you mean "registration"? Allowed here: id, title, registration, '
            "notes, ongoing, question.",
        ),
    ),
    # --- the living mode -------------------------------------------------------------------------------------
    "a retired review without a reason and a day": Wrong(
        manifest(more='[living]\nstatus = "retired"\n'),
        ('5: living: status = "retired" needs reason and since.',),
        schema_sees=False,
    ),
    "an active review with a reason": Wrong(
        manifest(more='[living]\nevery_months = 3\nreason = "no funds"\n'),
        ("5: living: reason belongs to a suspended or retired review; this one is active.",),
        schema_sees=False,
    ),
    "a day that does not exist": Wrong(
        manifest(more='[living]\ndue_on = "2026-02-30"\n'),
        ('6: living.due_on: found "2026-02-30" (text); write a day as "2026-11-25".',),
        schema_sees=False,
    ),
    "a schedule of no months": Wrong(
        manifest(more="[living]\nevery_months = 0\n"),
        ("6: living.every_months: found 0 (integer); at least 1 is needed.",),
    ),
    "a misspelt key that is required is one mistake": Wrong(
        manifest(review=REVIEW.replace("title", "titel")),
        ('3: review.titel: unknown key. Did you mean "title"? …',),
    ),
    "unknown key in an outcome": _outcome("modle = 1\n", '10: outcomes[0].modle: unknown key. Did you mean "model"? …'),
    "unknown key without a near name": _outcome(
        "zzzzz = 1\n", "10: outcomes[0].zzzzz: unknown key. Allowed here: measure, model, preset, …"
    ),
    "unknown key in an inline table": Wrong(
        manifest(review=REVIEW.replace('intervention = "drug"', 'intervention = "drug", comparators = "none"')),
        (
            '4: review.question.comparators: unknown key. Did you mean "comparator"? Allowed here: population, '
            "intervention, comparator, outcomes, designs.",
        ),
    ),
    "unknown key in a sensitivity analysis": _outcome(
        'sensitivity = [\n  { title = "a", level = 0.9 },\n  { title = "b", lvl = 0.9, level = 0.8 },\n]\n',
        '12: outcomes[0].sensitivity[1].lvl: unknown key. Did you mean "level"? …',
    ),
    "unknown key in a filter": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "design"\nnot-in = ["rct"]\nin = ["rct"]\nreason = "x"\n'),
        (f'7: eligibility.filters[0].not-in: unknown key. Did you mean "not_in"? {_FILTER_KEYS}',),
    ),
    "the name that a key has in Python": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "design"\none_of = ["rct"]\nmin = 1\nreason = "x"\n'),
        (f"7: eligibility.filters[0].one_of: unknown key. {_FILTER_KEYS}",),
    ),
    "unknown key with dots and control characters": _outcome(
        '"a.b\\u001b[31m" = 1\n', '10: outcomes[0]."a.b\\x1b[31m": unknown key. Allowed here: …'
    ),
    # --- missing keys ----------------------------------------------------------------------------------------
    "nothing that is required": Wrong(
        "[defaults]\nlevel = 0.9\n",
        ("1: outcomes: this array of tables is required.", "1: review: this table is required."),
    ),
    "a review without title and question": Wrong(
        '# one\n\n[review]\nid = "demo"\n[[outcomes]]\n' + OUTCOME,
        ("3: review.question: this table is required.", "3: review.title: this key is required."),
    ),
    "an empty list of outcomes": Wrong(
        f"outcomes = []\n[review]\n{REVIEW}", ("1: outcomes: it is empty; at least 1 is needed.",)
    ),
    "a source without plugin": Wrong(
        manifest(more='[[sources]]\npath = "x"\n'), ("5: sources[0].plugin: this key is required.",)
    ),
    # --- types -----------------------------------------------------------------------------------------------
    "text for a number": _outcome('level = "0.9"\n', '10: outcomes[0].level: found "0.9" (text); a number is needed.'),
    "number for a text": _outcome("note = 5\n", "10: outcomes[0].note: found 5 (integer); a text in quotes is needed."),
    "date for a text": _outcome(
        "note = 2020-01-02\n", "10: outcomes[0].note: found 2020-01-02 (date); a text in quotes is needed."
    ),
    "text for true or false": Wrong(
        manifest(review=REVIEW + 'ongoing = "yes"\n'),
        ('5: review.ongoing: found "yes" (text); true or false is needed.',),
    ),
    "true for a number": _outcome("level = true\n", "10: outcomes[0].level: found true (boolean); a number is needed."),
    "number with decimals for a whole number": _outcome(
        "bias = { minimum = 10.5 }\n", "10: outcomes[0].bias.minimum: found 10.5 (number); an integer is needed."
    ),
    "table for a text": _outcome(
        "note = { a = 1, b = 2 }\n", "10: outcomes[0].note: found a table with a, b; a text is needed."
    ),
    "table for a list of texts": _outcome(
        "population = {}\n", "10: outcomes[0].population: found an empty table; a text or an array of texts is needed."
    ),
    "number in a list of texts": _outcome(
        'population = [\n  "ITT",\n  5,\n]\n',
        "12: outcomes[0].population[1]: found 5 (integer); a text in quotes is needed.",
    ),
    "one table for an array of tables": Wrong(
        manifest(more='[people]\nname = "A"\nrole = "B"\n'),
        ("5: people: found a table with name, role; an array of tables ([[people]] for each) is needed.",),
    ),
    "an array of tables for one table": Wrong(
        manifest(more='[[evidence]]\nstore = "x"\n'),
        ("5: evidence: found an array of 1; one table ([evidence]) is needed.",),
    ),
    "text for a table": Wrong(
        manifest(review=REVIEW.replace('{ population = "people", intervention = "drug" }', '"what"')),
        ('4: review.question: found "what" (text); a table is needed.',),
    ),
    "number for a plugin": _outcome(
        "model = 5\n",
        "10: outcomes[0].model: found 5 (integer); a name, or a table with the name and options, is needed.",
    ),
    "number for the name of a plugin": _outcome(
        "model = { name = 5 }\n", "10: outcomes[0].model.name: found 5 (integer); a text in quotes is needed."
    ),
    "not a number": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "year"\nmin = nan\nreason = "x"\n'),
        ("7: eligibility.filters[0].min: found nan (number); a finite number is needed.",),
        schema_sees=False,
    ),
    # --- values ----------------------------------------------------------------------------------------------
    "a choice that does not exist": _outcome(
        'prediction = "K-1"\n',
        '10: outcomes[0].prediction: found "K-1" (text); allowed: k-1, k-2, normal, model, none. Did you mean "k-1"?',
    ),
    "a status that does not exist": _outcome(
        'statuses = ["verified", "derivd"]\n',
        f'10: outcomes[0].statuses[1]: found "derivd" (text); {_STATUSES} Did you mean "derived"?',
    ),
    "a wrong text in place of a list": _outcome(
        'statuses = "derivd"\n', f'10: outcomes[0].statuses: found "derivd" (text); {_STATUSES} Did you mean "derived"?'
    ),
    "no status at all": _outcome("statuses = []\n", "10: outcomes[0].statuses: it is empty; at least 1 is needed."),
    "a percentage for a level": _outcome(
        "level = 95\n", "10: outcomes[0].level: found 95 (integer); less than 1 is needed."
    ),
    "a minimum below what a test needs": _outcome(
        "bias = { minimum = 2 }\n", "10: outcomes[0].bias.minimum: found 2 (integer); at least 3 is needed."
    ),
    "a timepoint in words that do not exist": _outcome(
        'timepoint = "last"\n', f'10: outcomes[0].timepoint: found "last" (text); {_TIMEPOINT}'
    ),
    "true for a timepoint": _outcome(
        "timepoint = true\n", f"10: outcomes[0].timepoint: found true (boolean); {_TIMEPOINT}"
    ),
    "a timepoint before the start": _outcome(
        "timepoint = -1\n", "10: outcomes[0].timepoint: found -1 (integer); at least 0 is needed."
    ),
    "a timepoint with mistakes inside": _outcome(
        'timepoint = { at = "x", withn = 6 }\n',
        '10: outcomes[0].timepoint.at: found "x" (text); a number is needed.',
        '10: outcomes[0].timepoint.withn: unknown key. Did you mean "within"? Allowed here: at, within.',
    ),
    "a timepoint without its month": _outcome(
        "timepoint = { within = 6 }\n", "10: outcomes[0].timepoint.at: this key is required."
    ),
    "one word under the axis": _outcome(
        'favours = ["drug"]\n', "10: outcomes[0].favours: found an array of 1; at least 2 are needed."
    ),
    "one word under the axis, as text": _outcome(
        'favours = "drug"\n', '10: outcomes[0].favours: found "drug" (text); at least 2 are needed.'
    ),
    "a name given twice in a list": _outcome(
        'population = ["ITT", "PP", "ITT"]\n', "10: outcomes[0].population: named twice: ITT."
    ),
    "an empty title": Wrong(
        manifest(outcome=OUTCOME.replace("Survival", "")), ("7: outcomes[0].title: it is empty; write a text.",)
    ),
    "an id that cannot be a file name": Wrong(
        manifest(outcome=OUTCOME.replace('"os"\nt', '"../OS"\nt')),
        ('6: outcomes[0].id: found "../OS" (text); write lower-case letters, digits, - and _ only, e.g. os-hr.',),
    ),
    "an id with a line break": Wrong(
        manifest(outcome=OUTCOME.replace('"os"\nt', '"os\\n"\nt')),
        ('6: outcomes[0].id: found "os\\n" (text); write lower-case letters, digits, - and _ only, e.g. os-hr.',),
        schema_sees=False,
    ),
    "a group without values": _outcome(
        'subgroups = [{ by = "design", groups = { "A, early" = [] } }]\n',
        '10: outcomes[0].subgroups[0].groups."A, early": it is empty; at least 1 is needed.',
    ),
    "a value in two groups": _outcome(
        'subgroups = [{ by = "design", groups = { A = ["rct", "x"], B = "rct" } }]\n',
        "10: outcomes[0].subgroups[0]: in two groups, so that a study would be counted twice: rct.",
        schema_sees=False,
    ),
    "a number among the values of a group": _outcome(
        'subgroups = [{ by = "year", groups = { "[1]" = [2020] } }]\n',
        '10: outcomes[0].subgroups[0].groups."[1]"[0]: found 2020 (integer); a text in quotes is needed.',
    ),
    "populations of results without groups": _outcome(
        'subgroups = [{ by = "result.population" }]\n',
        "10: outcomes[0].subgroups[0]: by result.population needs groups, each with its populations.",
        schema_sees=False,
    ),
    "a sensitivity analysis that changes nothing": _outcome(
        'sensitivity = [{ title = "Again" }]\n',
        "10: outcomes[0].sensitivity[0]: it changes nothing: give a choice that differs, or studies to exclude.",
    ),
    "a filter that admits everything": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "design"\nreason = "x"\n'),
        ("5: eligibility.filters[0]: the filter admits everything: give in, not_in, min or max.",),
    ),
    "a filter that nothing can pass by its limits": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "year"\nmin = 2020\nmax = 2019\nreason = "x"\n'),
        ("5: eligibility.filters[0]: no study can pass: min 2020 is above max 2019.",),
        schema_sees=False,
    ),
    "a filter that nothing can pass by its values": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "a"\nin = ["x"]\nnot_in = ["y", "x"]\nreason = "x"\n'),
        ("5: eligibility.filters[0]: no study can pass: every value of in is in not_in.",),
        schema_sees=False,
    ),
    "a filter that admits no value": Wrong(
        manifest(more='[[eligibility.filters]]\nfield = "a"\nin = []\nreason = "x"\n'),
        ("7: eligibility.filters[0].in: it is empty; at least 1 is needed.",),
    ),
    "an overlap of one study": Wrong(
        manifest(more='[[eligibility.overlaps]]\nstudies = ["a"]\nreason = "x"\n'),
        ("6: eligibility.overlaps[0].studies: found an array of 1; at least 2 are needed.",),
    ),
    # --- plugins ---------------------------------------------------------------------------------------------
    "a measure that nobody supplies": Wrong(
        manifest(outcome=OUTCOME.replace("HR", "rrr")),
        ('9: outcomes[0].measure: no effect-measure is called "rrr". Did you mean "RR"? Available: AS, GEN, …',),
    ),
    "a measure in other letters": Wrong(
        manifest(outcome=OUTCOME.replace("HR", "hr")),
        ('9: outcomes[0].measure: no effect-measure is called "hr". Did you mean "HR"? Available: …',),
    ),
    "a model that nobody supplies": _outcome(
        'model = "random_effect"\n',
        '10: outcomes[0].model: no effect-model is called "random_effect". Did you mean "random-effects"? Available: …',
    ),
    "tests that nobody supplies": _outcome(
        'bias.tests = [\n  "begg",\n  "eggers",\n  { name = "sunset" },\n]\n',
        '12: outcomes[0].bias.tests[1]: no bias-test is called "eggers". Did you mean "egger"? Available: …',
        '13: outcomes[0].bias.tests[2]: no bias-test is called "sunset". Available: …',
    ),
    "a source that nobody supplies": Wrong(
        manifest(more='[[sources]]\nplugin = "sheet"\npath = "x"\n'),
        ('5: sources[0]: no data-source is called "sheet". Did you mean "sheets"? Available: …',),
    ),
    "renderers that nobody supplies": Wrong(
        manifest(top='renderers = ["markdown", "pngs", { plugin = "powerpoint" }]\n'),
        (
            '1: renderers[1]: no renderer is called "pngs". Did you mean "png"? Available: csv, …',
            '1: renderers[2]: no renderer is called "powerpoint". Available: csv, …',
        ),
    ),
    "an unknown option in an inline table": _model(
        'model = { name = "random-effects", tau = "DL" }',
        f'10: outcomes[0].model.tau: unknown key. Did you mean "tau2"? {_MODEL_KEYS}',
    ),
    "an unknown option in a table": _model(
        '[outcomes.model]\nname = "random-effects"\ntau = "DL"',
        f'12: outcomes[0].model.tau: unknown key. Did you mean "tau2"? {_MODEL_KEYS}',
    ),
    "options beside a key called options": _model(
        'model = { name = "random-effects", options = { tau2 = "DL" } }',
        f"10: outcomes[0].model.options: unknown key. {_MODEL_KEYS}",
    ),
    "a wrong value of an option": _model(
        'model = { name = "random-effects", tau2 = "REMLL" }',
        '10: outcomes[0].model.tau2: found "REMLL" (text); allowed: REML, DL, PM, …',
    ),
    "an option of the wrong type": _model(
        'model = { name = "random-effects", tau2_value = "0.1" }',
        '10: outcomes[0].model.tau2_value: found "0.1" (text); a number is needed.',
    ),
    "an option out of range": _model(
        'model = { name = "random-effects", tau2_value = -1 }',
        "10: outcomes[0].model.tau2_value: found -1 (integer); at least 0 is needed.",
    ),
    "an option that is not finite": _model(
        'model = { name = "random-effects", tau2_value = inf }',
        "10: outcomes[0].model.tau2_value: found inf (number); a finite number is needed.",
        schema_sees=False,
    ),
    "true for the number of an option": Wrong(
        manifest(top='renderers = [{ plugin = "markdown", fold_above = true }]\n'),
        ("1: renderers[0].fold_above: found true (boolean); an integer is needed.",),
    ),
    "a number for the true or false of an option": Wrong(
        manifest(top='renderers = [{ plugin = "png", funnel = 1 }]\n'),
        ("1: renderers[0].funnel: found 1 (integer); true or false is needed.",),
    ),
    "options in nested arrays": _outcome(
        'sensitivity = [\n  { title = "a", level = 0.9 },\n  { title = "b", model = { name = "random-effects",\n'
        '    # a comment\n    tau2 = "X" } },\n]\n'.replace("\n    # a comment\n   ", ""),
        '12: outcomes[0].sensitivity[1].model.tau2: found "X" (text); allowed: REML, DL, …',
    ),
    "the measure of a bias test": _outcome(
        'bias.tests = [{ name = "egger", measure = { name = "PR", variances = 1 } }]\n',
        '10: outcomes[0].bias.tests[0].measure.variances: unknown key. Did you mean "variance"? Allowed here: …',
    ),
    "an option of a test without options": _outcome(
        'bias.tests = [{ name = "egger", p = 1 }]\n', "10: outcomes[0].bias.tests[0].p: unknown key. …"
    ),
    "an option that may have two forms, in neither": Wrong(
        manifest(more='[[sources]]\nplugin = "sheets"\npath = 5\n'),
        ("7: sources[0].path: found 5 (integer); a text in quotes or an array is needed.",),
    ),
    "an option that may have two forms, wrong inside one": Wrong(
        manifest(more='[[sources]]\nplugin = "sheets"\npath = [\n  "a",\n  5,\n]\n'),
        ("9: sources[0].path[1]: found 5 (integer); a text in quotes is needed.",),
    ),
    "a source without an option that it needs": Wrong(
        manifest(more='[[sources]]\nplugin = "sheets"\n'), ("5: sources[0].path: this key is required.",)
    ),
    "a source by name alone that needs an option": Wrong(
        manifest(top='sources = ["sheets"]\n'), ("1: sources[0].path: this key is required.",)
    ),
    # --- the whole -------------------------------------------------------------------------------------------
    "one id for two outcomes": Wrong(
        manifest(end=f"[[outcomes]]\n{OUTCOME}"),
        ('11: outcomes[1].id: the id "os" is already used by outcomes[0]; give each outcome its own.',),
        schema_sees=False,
    ),
    "an outcome without a measure": Wrong(
        manifest(outcome=OUTCOME.replace('measure = "HR"\n', "")),
        ("5: outcomes[0]: no effect measure: give measure here or in [defaults].",),
        schema_sees=False,
    ),
    "an exclusion from an outcome that does not exist": Wrong(
        manifest(more='[[eligibility.exclude]]\nstudy = "a"\nreason = "x"\noutcomes = ["os", "oss"]\n'),
        ('8: eligibility.exclude[0].outcomes[1]: no outcome has the id "oss". Did you mean "os"?',),
        schema_sees=False,
    ),
    "two choices for one study": _outcome(
        'choose = [\n  { study = "a", report = "r", reason = "x" },\n  { study = "a", report = "s", reason = "x" },\n]'
        "\n",
        '12: outcomes[0].choose[1].study: "a" is chosen for already; give one number per study.',
        schema_sees=False,
    ),
}

VALID: dict[str, str] = {
    "the least": manifest(),
    "a living review": manifest(
        more='[living]\nevery_months = 3\nsearch_every_months = 1\nsources = "PubMed"\ndue_on = "2026-12-15"\n'
    ),
    "a suspended review": manifest(more='[living]\nstatus = "suspended"\nreason = "no funds"\nsince = "2026-05-01"\n'),
    "one text for a list": manifest(end='population = "ITT"\nstatuses = "verified"\nanalyses = "cumulative"\n'),
    "lists": manifest(end='population = ["ITT", "PP"]\nstatuses = ["verified"]\nprefer = ["latest"]\nanalyses = []\n'),
    "a timepoint in words": manifest(end='timepoint = "latest"\n'),
    "a timepoint in months": manifest(end="timepoint = 24\n"),
    "a timepoint nearby": manifest(end="timepoint = { at = 24.5, within = 6 }\n"),
    "whole numbers where decimals may be": manifest(end='model = { name = "random-effects", tau2_value = 0 }\n'),
    "a table for a plugin": manifest(end='[outcomes.model]\nname = "random-effects"\ntau2 = "DL"\n'),
    "another spelling of a measure": manifest(outcome=OUTCOME.replace("HR", "PLOGIT")),
    "another spelling of a measure, in a table": manifest(outcome=OUTCOME.replace('"HR"', '{ name = "PLOGIT" }')),
    "the measure in the defaults": manifest(
        more='[defaults]\nmeasure = "RR"\n', outcome=OUTCOME.replace('measure = "HR"\n', "")
    ),
    "bias tests": manifest(
        end='bias = { tests = ["egger", { name = "begg", p = "exact", measure = { name = "PR" } }], minimum = 3 }\n'
    ),
    "filters": manifest(
        more='[[eligibility.filters]]\nfield = "design"\nin = "rct"\nreason = "a"\n'
        '[[eligibility.filters]]\nfield = "year"\nmin = 2000\nmax = 2000\nmissing = "include"\nreason = "b"\n'
        '[[eligibility.filters]]\nfield = "phase"\nnot_in = []\nreason = "c"\n'
    ),
    "exclusions and overlaps": manifest(
        more='[[eligibility.exclude]]\nstudy = "a"\nreason = "x"\noutcomes = "os"\n'
        '[[eligibility.overlaps]]\nstudies = ["a", "b"]\nreason = "x"\n'
    ),
    "subgroups": manifest(
        end='subgroups = [{ by = "design", title = "Design", groups = { A = "rct", B = ["x", "y"] } }, '
        '{ by = "phase" }]\n'
    ),
    "sensitivity analyses": manifest(
        end='sensitivity = [{ title = "a", exclude = "x" }, { title = "b", result = ["p", "q"], level = 0.9 }]\n'
    ),
    "sources and renderers": manifest(
        top='renderers = ["markdown", { plugin = "png", dpi = 100, font_size = 9 }]\n',
        more='[[sources]]\nplugin = "sheets"\npath = ["a", "b"]\nrename = { "n drug" = "n" }\nmax_megabytes = 1\n',
    ),
    "everything about the review": manifest(
        review=REVIEW + 'registration = "PROSPERO 1"\nnotes = ["a"]\nongoing = true\n',
        more='[[people]]\nname = "A"\nrole = "B"\n[evidence]\nstore = "../e"\n[plugins]\ndisable = ["x"]\n',
    ),
    "numbers chosen by name": manifest(
        end='choose = [{ study = "a", report = "pmid:1", reason = "x", population = "ITT", timepoint_months = 3 }]\n'
    ),
}
