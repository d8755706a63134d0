// What staff see: pairing, the menu behind the PIN, cleaning, and why a tablet does not ask.

const CLEANING = 30;
const TRIES = 5;

let wrong = 0;
let lockedUntil = -Infinity;

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// Is it the PIN? The tablet knows only its slow hash, and asks nobody: it may be offline.
const isPin = async (typed, { salt, hash, rounds }) => {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(typed), "PBKDF2", false, ["deriveBits"]);
  const bytes = Uint8Array.from(salt.match(/../g), (pair) => parseInt(pair, 16));
  const made = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: bytes, iterations: rounds },
    key,
    256,
  );
  return hex(made) == hash;
};

const back = () => button(words().back, home);

const staff = () => {
  if (!settings?.pin) return menu();
  const field = make("input", { type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 8 });
  const told = make("p", { className: "told" });
  told.setAttribute("role", "alert");
  field.setAttribute("aria-labelledby", "said");
  const enter = async () => {
    if (performance.now() < lockedUntil) {
      told.textContent = words().locked;
    } else if (await isPin(field.value, settings.pin)) {
      wrong = 0;
      menu();
    } else {
      told.textContent = words().wrong;
      field.value = "";
      // Whoever tries one number after the other needs years.
      if (++wrong % TRIES == 0) lockedUntil = performance.now() + MINUTE;
    }
  };
  const digit = (n) =>
    button(n, () => {
      if (field.value.length < 8) field.value += n;
    });
  field.onkeydown = ({ key }) => key == "Enter" && enter();
  alone(
    "staff",
    words().pin,
    field,
    told,
    make("div", { className: "digits" }, ...[..."123456789"].map(digit), back(), digit("0"), button(words().enter, enter)),
  );
};

const menu = async () => {
  alone(
    "staff",
    settings.name,
    make("div", { className: "menu" }, button(words().clean, clean), button(words().leave, leave), back()),
    await facts(),
  );
};

// How the tablet stands, for whoever is asked about it by telephone.
const facts = async () => {
  const found = await standing(own);
  const rows = [
    [words().device, own],
    [words().queue, found.queue],
    [words().aside, found.aside],
    [words().app, APP],
    [words().version, settings?.version || "–"],
  ];
  return make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, "" + value)]));
};

// Half a minute in which a wet cloth answers nothing.
const clean = () => {
  const end = performance.now() + CLEANING * 1e3;
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1e3);
    if (left <= 0) return home();
    heading.textContent = words().cleaning.replace("{n}", left);
    wait(250, tick);
  };
  header.replaceChildren();
  footer.replaceChildren();
  alone("clean", "");
  tick();
};

const leave = async () => {
  awake(false);
  await D.exitFullscreen?.().catch(() => {});
  header.replaceChildren();
  footer.replaceChildren();
  const begin = () => {
    awake(true);
    home();
  };
  const link = make("a", { href: "/kiosk/pair" }, words().again);
  alone("left", words().left, make("div", { className: "menu" }, button(words().start, begin), link), await facts());
};

// Not paired, revoked, or paired once more elsewhere: it says so, and keeps what it holds.
const outOfService = async () => {
  const link = make("a", { href: "/kiosk/pair" }, words().again);
  header.replaceChildren();
  footer.replaceChildren();
  alone("barred", words()[barred[own]], make("p", {}, words().held), make("div", { className: "menu" }, link), await facts());
};

// The page on which a tablet becomes a kiosk: by a code, typed or from the QR that led here.
const pair = async () => {
  const known = await paired().catch(() => null);
  // A private window keeps nothing: a code would be used up for a tablet that forgets it.
  if (!known) return alone("pair", words().private);
  const code = make("input", { autocapitalize: "characters", autocomplete: "off", spellcheck: false, maxLength: 16 });
  const told = make("p", { className: "told" });
  told.setAttribute("role", "alert");
  code.setAttribute("aria-labelledby", "code");
  // What stands behind "#" no server ever sees; it need not stay in the address either.
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  // By this mark we are known where the reply gets lost and we ask again.
  const mark = crypto.randomUUID();
  const connect = async () => {
    told.textContent = "";
    const reply = await call("/kiosk/pair", { method: "POST", body: JSON.stringify({ code: code.value.trim(), mark }) });
    if (reply?.status == 201) {
      const { device, key, start } = reply.told;
      await remember("key/" + device, key);
      await navigator.storage?.persist?.().catch(() => {});
      location.assign(start);
    } else {
      told.textContent = words()[{ 404: "unknown", 429: "often" }[reply?.status] || "line"];
    }
  };
  code.onkeydown = ({ key }) => key == "Enter" && connect();
  alone(
    "pair",
    words().pair,
    make("p", {}, words().how),
    make("p", { className: "field" }, make("span", { id: "code" }, words().paircode), code),
    told,
    make(
      "div",
      { className: "menu" },
      button(words().connect, connect),
      ...known.map((device) => make("a", { href: "/kiosk/" + device }, words().go.replace("{device}", device))),
    ),
  );
};
