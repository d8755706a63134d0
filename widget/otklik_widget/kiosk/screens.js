// What customers see: the question with its faces, reasons, thanks; and when each of them goes.

const TEXTS = "@TEXTS@";
const D = document;
const IDLE = 15e3;
const REASONS = 7e3;
const QUEUED = 5e3;
const PAUSE = 1e3;
const THANKS = 2500;
const WRITING = 6e4;
const TAP = 700;

// Settings in use, and newer ones that wait until nobody answers.
let settings;
let fresh;
let lang;
let step = 0;
let view = "";
let ending;
let idle;
let touched = -IDLE;
// The answer whose reasons are asked for, and a message that is being written.
let current;
let draft = "";

const make = (tag, properties, ...children) => {
  const made = Object.assign(D.createElement(tag), properties);
  made.append(...children);
  return made;
};

const draw = (size, path, properties) => {
  const [svg, line] = ["svg", "path"].map((tag) => D.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  line.setAttribute("d", path);
  svg.append(line);
  for (const [name, value] of Object.entries(properties)) svg.setAttribute(name, value);
  return svg;
};

const icon = (name, size, path) => draw(size, path, { class: name, "aria-hidden": "true" });

// The widget's own face: only mouth and brows change.
const face = (bend) =>
  icon(
    "face",
    40,
    `M20 2a18 18 0 1 0 .1 0M14 15v3M26 15v3M12 ${26 - bend}q8 ${bend * 4} 16 0` +
      (bend < 0 ? `M11 9l5 ${-bend}m8 0l5 ${bend}` : ""),
  );

// Words of a language: those that the settings bring, else the app's own.
const spoken = (one) => settings?.texts?.[one] || TEXTS[one];

const words = () => spoken(lang) || TEXTS.en;

// What the settings say in the language of the moment; where they have none, in another one.
const said = (text) => text?.[lang] ?? Object.values(text || {})[0] ?? "";

let tapped = -TAP;

// The finger counts when it leaves the button, however long it rested there: browsers make no click of a long press.
// The click that follows a finger may fall on what has come in the meantime: only keyboards and screen readers,
// which make nothing but clicks, are heard there.
const pressable = (button, act) => {
  button.addEventListener("pointerup", (event) => {
    const { clientX: x, clientY: y } = event;
    const box = button.getBoundingClientRect();
    if (event.button || x < box.left || x > box.right || y < box.top || y > box.bottom) return;
    tapped = event.timeStamp;
    act(button);
  });
  button.addEventListener("click", (event) => {
    if (!event.detail || event.timeStamp - tapped > TAP) act(button);
  });
  // A key that is held down is one press.
  button.addEventListener("keydown", (event) => event.repeat && event.preventDefault());
  return button;
};

const button = (text, act, properties) => pressable(make("button", { type: "button", ...properties }, text), act);

const heading = make("h1", { id: "said" });
const panel = make("section", { className: "panel" }, heading);
const faces = make("div", { className: "faces" });
const ends = make("p", { className: "ends" });
const status = make("p", { className: "hidden" });
const header = make("header");
const footer = make("footer");
const main = make("main", {}, panel, faces, ends);
status.setAttribute("role", "status");
faces.setAttribute("role", "group");

// The room above the faces: a heading and what belongs to it; the faces below never move.
const show = (name, text, ...parts) => {
  view = D.body.dataset.view = name;
  clearTimeout(ending);
  heading.textContent = text;
  panel.replaceChildren(heading, ...parts);
};

// A screen without faces.
const alone = (name, text, ...parts) => {
  faces.hidden = ends.hidden = true;
  show(name, text, ...parts);
};

const wait = (milliseconds, next) => {
  clearTimeout(ending);
  ending = setTimeout(next, milliseconds);
};

// How long something stays, for the eye.
const bar = (milliseconds) => {
  const line = make("span");
  const found = make("div", { className: "bar" }, line);
  line.style.animationDuration = milliseconds + "ms";
  found.ariaHidden = "true";
  return found;
};

const asked = () => settings.questions[step];

const tile = (question, name, n) => {
  const last = question.labels.length - 1;
  const made = button(make("span", {}, said(name)), (pressed) => press(pressed, question.low + n), { className: "tile" });
  const end = n ? n == last && 1 : 0;
  if (question.ends && end !== false) made.ariaLabel = said(name) + " – " + said(question.ends[end]);
  if (/^smiley/.test(question.scale)) made.prepend(face((n / last) * 5 - 2.5));
  return made;
};

const showFaces = () => {
  const question = asked();
  faces.replaceChildren(...question.labels.map((name, n) => tile(question, name, n)));
  faces.dataset.count = question.labels.length;
  faces.hidden = !question.labels.length;
  faces.ariaLabel = said(question.text);
  ends.hidden = !question.ends;
  ends.replaceChildren(...(question.ends || []).map((end) => make("span", {}, said(end))));
};

// A way to the visitor's own phone.
const toPhone = ({ link, qr }, text) =>
  make(
    "div",
    { className: "phone" },
    draw(qr.size, qr.path, { class: "qr", role: "img", "aria-label": words().code + " " + link }),
    make("span", {}, text),
  );

// What stands around the question on every screen.
const frame = () => {
  const { languages, name, company, sample, colours, questions } = settings;
  const question = questions[step];
  D.documentElement.lang = lang;
  D.title = name;
  D.body.classList.toggle("closed", closed());
  for (const [part, colour] of Object.entries(colours || {})) D.documentElement.style.setProperty("--" + part, colour);
  header.replaceChildren(
    make("span", { className: "company" }, said(company), ...(sample ? [make("small", {}, said(sample))] : [])),
    ...languages
      .filter((other) => other != lang)
      .map((other) => button(spoken(other)?.language || other, () => speak(other), { lang: other })),
    button(icon("icon", 24, "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5zM12 15v3"), staff, {
      className: "staff",
      ariaLabel: words().staff,
    }),
  );
  footer.replaceChildren(
    ...(question ? [toPhone(question, words().phone)] : []),
    ...(question?.write ? [toPhone(question.write, said(question.write.text))] : []),
  );
};

const speak = (other) => {
  lang = other;
  if (!asked()) return home();
  if (view != "more") return ask(step);
  frame();
  showFaces();
  more(current);
};

const quiet = () => performance.now() - touched > IDLE - 500;

// The first question; when nobody is there, with whatever is new and in the language of the place.
const home = () => {
  step = 0;
  draft = "";
  if (quiet()) {
    settings = fresh || settings;
    fresh = null;
    lang = settings?.lang || lang;
  }
  if (barred[own]) outOfService();
  else if (!settings) alone("waiting", words().waiting, make("p", {}, words().line));
  else if (settings.questions.length) ask(0);
  else {
    frame();
    alone("empty", words().empty);
  }
};

const closed = () => !isOpen(settings.hours, settings.zone);

const ask = (n) => {
  step = n;
  const question = asked();
  status.textContent = "";
  frame();
  showFaces();
  if (question.labels.length) show("ask", said(question.text), ...(closed() ? [make("p", {}, words().closed)] : []));
  else write(question);
  // Whoever goes away between two questions leaves the first one to the next.
  if (n) wait(IDLE, home);
};

const uuid7 = (now) =>
  now.toString(16).padStart(12, "0").replace(/.{8}/, "$&-") + "-7" + crypto.randomUUID().slice(-21);

const answer = (more) => {
  const { point, scale, wording } = asked();
  const at = Date.now();
  return { id: uuid7(at), rev: 1, point, scale, wording, lang, channel: "kiosk", device: own, at, ...more };
};

// First of all the answer goes to the disk; only then anything else happens.
const press = async (pressed, score) => {
  const response = answer({ score });
  const kept = keep(response);
  for (const other of faces.children) other.ariaPressed = other == pressed;
  // Nothing else may come on the screen before what belongs to this answer.
  wait(IDLE, home);
  await kept;
  more(response);
  drain();
};

// Why? Nobody has to say; the faces below are for the next one in the queue.
const more = (response) => {
  const { reasons, scale } = asked();
  const time = view == "more" ? QUEUED : REASONS;
  current = response;
  status.textContent = words().thanks;
  if (!reasons.length) {
    show("thanks", words().thanks);
    return wait(PAUSE, next);
  }
  let line = bar(time);
  const choose = (chip) => {
    chip.ariaPressed = chip.ariaPressed != "true";
    response.reasons = reasons.map(({ key }) => key).filter((_key, n) => chips[n].ariaPressed == "true");
    const other = bar(QUEUED);
    line.replaceWith(other);
    line = other;
    wait(QUEUED, next);
    revise(response).then(drain);
  };
  const chips = reasons.map(({ key, text }) =>
    button(said(text), choose, { ariaPressed: !!response.reasons?.includes(key) }),
  );
  show(
    "more",
    scale == "helpful" ? words().improve : words().more,
    make("div", { className: "reasons" }, ...chips),
    make("div", { className: "end" }, line, button(words().done, next)),
  );
  wait(time, next);
};

const next = () => {
  if (step + 1 < settings.questions.length) return ask(step + 1);
  step = 0;
  draft = "";
  frame();
  showFaces();
  show("thanks", words().thanks);
  wait(THANKS, home);
};

// A message has no score: words, and a button to send them. What was left unsent nobody else gets to read.
const write = (question) => {
  const text = make("textarea", {
    maxLength: 2e3,
    rows: 4,
    value: draft,
    oninput: () => {
      draft = text.value;
      clearTimeout(ending);
      touch();
    },
  });
  text.setAttribute("aria-labelledby", "said");
  text.setAttribute("aria-describedby", "hint");
  const send = async () => {
    const comment = draft.trim();
    if (!comment) return text.focus();
    draft = text.value = "";
    await keep(answer({ comment }));
    status.textContent = words().thanks;
    next();
    drain();
  };
  show(
    "write",
    said(question.text),
    text,
    make("p", { id: "hint" }, words().hint),
    make("div", { className: "end" }, ...(step ? [button(words().skip, next)] : []), button(words().send, send)),
  );
};

// Opening hours stand by weekday (0 is Monday) in minutes of the day, in the zone of the place.
const isOpen = (hours, timeZone) => {
  if (!hours) return true;
  const clock = { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en", clock).formatToParts(Date.now());
  const part = (name) => parts.find(({ type }) => type == name).value;
  const day = "MonTueWedThuFriSatSun".indexOf(part("weekday")) / 3;
  const minute = part("hour") * 60 + +part("minute");
  const [today, before] = [hours[day], hours[(day + 6) % 7]];
  // What is open after midnight belongs to the day it began.
  const over = (span) => span[1] <= span[0];
  return (
    (today && today[0] <= minute && (over(today) || minute < today[1])) || (before && over(before) && minute < before[1])
  );
};

// Whatever waits for a moment in which nobody answers happens now, if it is one.
const rest = () => {
  if (!quiet() || step || draft || !/^(|ask|write|empty|waiting|barred)$/.test(view)) return;
  const other = !!barred[own] != (view == "barred");
  if (fresh || other || (settings && !closed() == D.body.classList.contains("closed"))) home();
  takeNewApp();
};

// Somebody is there. Reasons and thanks end by themselves; what else stands on the screen ends here.
const touch = () => {
  touched = performance.now();
  clearTimeout(idle);
  idle = setTimeout(() => /^(ask|write|staff)$/.test(view) && home(), draft ? WRITING : IDLE);
};
