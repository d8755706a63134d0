"""The question as HTML: the plain form, the widget's element around it, and the script that brings its question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from otklik_widget import assets, scales
from otklik_widget.contract import COMMENT_LETTERS, CONTACT_LETTERS
from otklik_widget.packing import literal, packed
from otklik_widget.scales import SCALES, Scale

if TYPE_CHECKING:
    from otklik_widget.journey import Journey

Values = Mapping[str, str | list[str]]
# Stands once in the widget's source as a text; a text has no fields, so the plain script finds nothing in it.
POINT = '"@POINT@"'
TEXTS = '"@TEXTS@"'
# What only a question that comes by itself knows; it has a script of its own, so that both stay small.
CARD_SETTINGS = ("view", "when", "again", "share", "url")
# Fields that a person sees; a fault of any other one is shown above the form.
SEEN = ("score", "reasons", "comment", "contact")


def form(
    journey: Journey,
    touchpoint: str,
    scale: str,
    lang: str,
    *,
    action: str,
    key: str = "",
    id: str = "",
    place: str = "",
    channel: str = "",
    seen: str = "",
    values: Values | None = None,
    faults: Mapping[str, str] | None = None,
) -> str:
    """The question as a form that needs no script, in `lang`; `values` refill it, `faults` stand at their fields.

    `seen` marks the page it stands on.

    Its fields are those that `POST /q/<touchpoint>` reads. Raises `KeyError` for an unknown touchpoint or scale.
    """
    point, asked = journey.touchpoints[touchpoint], SCALES[scale]
    values, faults = values or {}, faults or {}
    prefix = f"o-{touchpoint}-{scale}-"
    question = point.question(scale, lang)
    hidden = {"scale": scale, "lang": lang, "key": key, "id": id, "place": place, "channel": channel, "seen": seen}
    said = journey.company.said(lang)["widget"]
    more = _more(journey, touchpoint, asked, lang, prefix, values, faults)
    parts = [
        f"<form{_attributes(**{'class': 'o-ask'}, method='post', action=action, lang=lang)}>",
        *(_fault(text, prefix, field) for field, text in faults.items() if field not in SEEN),
        *(f"<input{_attributes(type='hidden', name=name, value=value)}>" for name, value in hidden.items() if value),
        # Robots fill every field they meet; people never see this one.
        '<div class="o-website" hidden><input type="text" name="website" tabindex="-1" autocomplete="off"></div>',
    ]
    if asked.scores:
        parts += [
            _scores(journey, asked, lang, question, prefix, values, faults),
            _group("o-more", _follow_up(journey, asked, lang), *more),
        ]
    else:
        parts.append(_group("o-more o-message", escape(question), *more))
    parts.append(f'<button class="o-send" type="submit">{escape(said["send"])}</button></form>')
    return "\n".join(parts)


def element(
    journey: Journey,
    touchpoint: str,
    scale: str,
    lang: str,
    *,
    collector: str = "",
    key: str = "",
    place: str = "",
) -> str:
    """`<otklik-ask>` with its texts as attributes; the plain form inside is what people without scripts get.

    `collector` is where responses go ("" is the page's own origin). Raises `KeyError` like `form`.
    """
    point = journey.touchpoints[touchpoint]
    attributes = {
        "point": touchpoint,
        "scale": scale,
        "lang": lang,
        "question": point.question(scale, lang),
        "reasons": _json(_reasons(journey, touchpoint, lang)) if point.reasons else "",
        "contact": _contact(journey, lang),
        "wording": journey.wording(touchpoint, scale),
        "collector": collector,
        "key": key,
        "place": place,
    }
    if brought := journey.company.brought(lang):
        attributes["texts"] = _json({lang: packed(brought, only=scale)})
    action = f"{collector.rstrip('/')}/q/{touchpoint}"
    plain = form(journey, touchpoint, scale, lang, action=action, key=key, place=place)
    return f"<otklik-ask{_attributes(**attributes)}>\n{plain}\n</otklik-ask>"


def configured_script(
    journey: Journey, *, point: str, scale: str = "", lang: str = "", key: str = "", card: bool = False
) -> str:
    """The widget's script with one touchpoint's question, reasons and wording in each of the company's languages.

    It places its question by itself. Without `scale` the main question is asked; without `point` it is the
    plain script. `card`: the question comes by itself, at a moment of its own, in a corner or a strip of the window.
    Raises `KeyError` for an unknown touchpoint or scale.
    """
    if not point:
        return assets.script()
    touchpoint = journey.touchpoints[point]
    asked = SCALES[scale or touchpoint.main].key
    attributes = {
        "point": point,
        "scale": asked,
        "wording": journey.wording(point, asked),
        "lang": lang,
        "key": key,
    }
    languages = [lang] if card and lang in journey.company.languages else list(journey.company.languages)
    for spoken in languages:
        attributes[f"question-{spoken}"] = touchpoint.question(asked, spoken)
        if touchpoint.reasons:
            attributes[f"reasons-{spoken}"] = _json(_reasons(journey, point, spoken))
        attributes[f"contact-{spoken}"] = _contact(journey, spoken)
    texts = {spoken: said for spoken in journey.company.languages if (said := journey.company.brought(spoken))}
    script = assets.script()
    if card:
        known = [spoken for spoken in languages if texts.get(spoken) or scales.speaks(spoken)] or ["en"]
        packs = ((spoken, packed(journey.company.said(spoken), only=asked)) for spoken in known)
        lines = (f"{_json(spoken)}:{literal(text)}" for spoken, text in packs)
        script = assets.card().replace(TEXTS, "{" + ",".join(lines) + "}")
    brought: dict[str, object] = {"own": {name: value for name, value in attributes.items() if value}}
    if not card and texts:
        brought["texts"] = {spoken: packed(said, only=asked) for spoken, said in texts.items()}
    return script.replace(POINT, _json(brought))


def write_to_us(
    journey: Journey, lang: str, *, touchpoint: str = "", place: str = "", channel: str = "", collector: str = ""
) -> str:
    """A link to the page on which a customer writes to us, to stand below a question; "" where nobody asks for that.

    `touchpoint` is the one that is asked beside it: if it takes messages itself, the message is about it.
    """
    at = message_address(journey, lang, touchpoint=touchpoint, place=place, channel=channel, collector=collector)
    if not at:
        return ""
    return f'<p class="o-write"><a{_attributes(href=at)}>{escape(journey.company.said(lang)["form"]["write"])}</a></p>'


def message_address(
    journey: Journey, lang: str = "", *, touchpoint: str = "", place: str = "", channel: str = "", collector: str = ""
) -> str:
    """Where a customer writes to us; "" where nobody asks for that. Without `lang` the reader's browser chooses."""
    at = journey.message_at(touchpoint, place)
    if at is None:
        return ""
    asked = {"scale": "message", "place": place, "channel": channel, "lang": lang}
    return f"{collector.rstrip('/')}/q/{at}?{urlencode({name: value for name, value in asked.items() if value})}"


def face(scale: str, score: int) -> str:
    """The SVG face of a smiley's score, drawn like the widget's own: only mouth and brows change."""
    asked = SCALES[scale]
    path = _line((score - asked.low) / (asked.high - asked.low))
    return f'<svg class="o-face" viewBox="0 0 40 40" width="40" height="40"{_STROKE}><path d="{path}"/></svg>'


_STROKE = ' aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2"'


def _line(mood: float) -> str:
    """The one line a face is drawn with, for a mood from 0 (worst) to 1 (best). The script draws the same."""
    bend = mood * 5 - 2.5
    brows = f"M11 9l5 {-bend:g}m8 0l5 {bend:g}" if bend < 0 else ""
    return f"M20 2a18 18 0 1 0 .1 0M14 15v3M26 15v3M12 {26 - bend:g}q8 {bend * 4:g} 16 0{brows}"


def _scores(
    journey: Journey, asked: Scale, lang: str, question: str, prefix: str, values: Values, faults: Mapping[str, str]
) -> str:
    said = journey.company.said(lang)["scale"][asked.key]
    ends = {asked.low: said.get("low"), asked.high: said.get("high")}
    chosen = _many(values, "score")
    options = []
    for score in asked.scores:
        if "options" in said:
            word = f'<span class="o-word">{escape(said["options"][score - asked.low])}</span>'
        else:
            word = f'<span class="o-number">{score}</span>'
            if ends.get(score):
                word += f' <span class="o-end">{escape(ends[score] or "")}</span>'
        radio = _attributes(type="radio", name="score", value=str(score), required=True, checked=str(score) in chosen)
        drawn = face(asked.key, score) if asked.faces else ""
        options.append(f'<label class="o-option"><input{radio}>{drawn} {word}</label>')
    described, fault = _described("score", prefix, faults)
    return _group(f"o-scale o-{asked.key}", escape(question), *fault, *options, described=described)


def _more(
    journey: Journey,
    touchpoint: str,
    asked: Scale,
    lang: str,
    prefix: str,
    values: Values,
    faults: Mapping[str, str],
) -> list[str]:
    """The reasons as checkboxes and the comment with its hint."""
    said, chosen = journey.company.said(lang)["widget"], _many(values, "reasons")
    described, fault = _described("reasons", prefix, faults)
    parts = []
    names = _reasons(journey, touchpoint, lang)
    if names:
        boxes = (
            _attributes(
                type="checkbox",
                name="reasons",
                value=key,
                checked=key in chosen,
                **{"aria-describedby": described},
            )
            for key in names
        )
        chips = (
            f'<label class="o-reason"><input{box}> <span>{escape(name)}</span></label>'
            for box, name in zip(boxes, names.values(), strict=True)
        )
        parts += [*fault, '<div class="o-reasons">', *chips, "</div>"]
    else:
        parts += fault
    described, fault = _described("comment", prefix, faults)
    field = _attributes(
        **{"class": "o-comment", "aria-label": _comment_name(journey, touchpoint, asked, lang)},
        name="comment",
        rows="3",
        maxlength=str(COMMENT_LETTERS),
        required=not asked.scores,
        **{"aria-describedby": f"{prefix}hint {described}".strip()},
        **({"aria-invalid": "true"} if fault else {}),
    )
    written = "".join(_many(values, "comment"))
    # The first line break of a textarea is dropped by browsers: without one of ours, a person's own would be.
    hint = f'<p class="o-hint" id="{escape(prefix)}hint">{escape(said["hint"])}</p>'
    text = f"<textarea{field}>\n{escape(written)}</textarea>"
    return [*parts, *fault, text, hint, *_contact_fields(journey, lang, prefix, values, faults)]


def _contact_fields(journey: Journey, lang: str, prefix: str, values: Values, faults: Mapping[str, str]) -> list[str]:
    """Where to answer, and the consent to that: a box of its own which nobody has ticked before."""
    if journey.contact is None:
        return []
    described, fault = _described("contact", prefix, faults)
    value = "".join(_many(values, "contact"))
    field = _attributes(
        type="text", name="contact", value=value, maxlength=str(CONTACT_LETTERS), **{"aria-describedby": described},
    )  # fmt: skip
    version = f"{journey.contact.version} page"
    box = _attributes(type="checkbox", name="consent", value=version, checked=version in _many(values, "consent"))
    link = journey.contact.link.say(lang)
    said = journey.company.said(lang)["form"]
    more = f" <a{_attributes(href=link, target='_blank')}>{escape(said['consent'])}</a>" if link else ""
    asked, agree = said["contact"], journey.contact.agree.say(lang)
    return [
        *fault,
        f'<p class="o-contact"><label>{escape(asked)} <input{field}></label></p>',
        f'<p class="o-consent"><label><input{box}> <span>{escape(agree)}</span></label>{more}</p>',
    ]


def _contact(journey: Journey, lang: str) -> str:
    """What the script needs to ask for a contact, as JSON; "" where nobody is asked."""
    if journey.contact is None:
        return ""
    asked = {
        "ask": journey.company.said(lang)["form"]["contact"],
        "agree": journey.contact.agree.say(lang),
        "link": journey.contact.link.say(lang),
        "version": f"{journey.contact.version} widget",
    }
    return _json({name: value for name, value in asked.items() if value})


def _comment_name(journey: Journey, touchpoint: str, asked: Scale, lang: str) -> str:
    if not asked.scores:
        return journey.touchpoints[touchpoint].question(asked.key, lang)
    said = journey.company.said(lang)["widget"]
    return str(said["improve" if asked.key == "helpful" else "more"])


def _follow_up(journey: Journey, asked: Scale, lang: str) -> str:
    """The open question, worded the same whatever the score, and that nobody has to answer it."""
    texts = journey.company.said(lang)
    text = texts["widget"]["improve" if asked.key == "helpful" else "more"]
    return f'{escape(text)} <span class="o-optional">({escape(texts["form"]["optional"])})</span>'


def _group(name: str, legend: str, *parts: str, described: str = "") -> str:
    """A fieldset; `legend` is HTML already."""
    opening = _attributes(**{"class": name, "aria-describedby": described})
    return "\n".join([f"<fieldset{opening}>", f'<legend class="o-question">{legend}</legend>', *parts, "</fieldset>"])


def _described(field: str, prefix: str, faults: Mapping[str, str]) -> tuple[str, list[str]]:
    """The id that the field's aria-describedby names, and the fault's HTML; both empty without a fault."""
    if field not in faults:
        return "", []
    return f"{prefix}{field}-fault", [_fault(faults[field], prefix, field)]


def _fault(text: str, prefix: str, field: str) -> str:
    return f"<p{_attributes(**{'class': 'o-fault', 'id': f'{prefix}{field}-fault'})}>{escape(text)}</p>"


def _reasons(journey: Journey, touchpoint: str, lang: str) -> dict[str, str]:
    return {key: journey.reasons[key].say(lang) for key in journey.touchpoints[touchpoint].reasons}


def _many(values: Values, field: str) -> list[str]:
    value: str | Iterable[str] = values.get(field, [])
    return [value] if isinstance(value, str) else list(value)


def _attributes(**attributes: str | bool) -> str:
    """HTML attributes, escaped; True is an attribute without a value, an empty one or False is left out."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value
    )


def _json(value: object) -> str:
    """JSON that is also a safe piece of a script, wherever the script is written."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
