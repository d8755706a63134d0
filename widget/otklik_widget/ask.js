// The widget: asks one question at a touchpoint on any page, and never loses the response.
// A guest there: its styles stay in a shadow root, it leaves one element's name behind, and it throws nothing.
(() => {
  // The build puts the texts of both languages here; GET /ask.js?point=… puts its touchpoint's question there.
  const TEXTS = "@TEXTS@";
  const OWN = "@POINT@";
  const TAG = "otklik-ask";
  const D = document;
  // Known only now, while the script runs for the first time.
  const script = D.currentScript;
  const address = new URL(script?.src || "/", D.baseURI);
  const query = Object.fromEntries(address.searchParams);
  let sheet;

  const make = (tag, properties, ...children) => {
    const made = Object.assign(D.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // A page may forbid the storage, and its author may misspell an attribute: neither may end in the page's console.
  const attempt = (action) => {
    try {
      return action();
    } catch {}
  };

  // A text needs no preflight; keepalive lets it arrive after the page is gone.
  const post = (to, value) =>
    fetch(to, {
      method: "POST",
      // Empty fields stay at home; a score of 0 travels.
      body: JSON.stringify(value, (_, inner) => ((inner ?? "").length === 0 ? undefined : inner)),
      keepalive: true,
      credentials: "omit",
      signal: AbortSignal.timeout(3e4),
    });

  // The outbox: each response under a key of its own, since tabs that share one list would lose each other's.
  // `mine` holds the same for a page whose storage is forbidden or full.
  const mine = {};
  let resting = {};
  let pause = 2e3;
  let retry;

  // Tries once to hand over what is kept under a key; what became of it: thanks, kept or refused.
  const hand = async (key, entry) => {
    let asked;
    const [to, response] = JSON.parse(entry);
    // One collector that is down must not hold up what waits for another.
    if (resting[to]) return "kept";
    try {
      const reply = await post(to + "/responses", { ...response, sent: Date.now() });
      if (/^(2|4(?!08|29))/.test(reply.status)) {
        // A newer revision may have come while this one was on its way: it stays.
        if (mine[key] == entry) delete mine[key];
        attempt(() => localStorage[key] == entry && delete localStorage[key]);
        pause = 2e3;
        return reply.ok ? "thanks" : "refused";
      }
      asked = reply.headers.get("Retry-After") * 1e3;
    } catch {}
    resting[to] = 1;
    clearTimeout(retry);
    retry = setTimeout(flush, Math.max(pause, asked || 0));
    pause = Math.min(pause * 2, 6e5);
    return "kept";
  };

  const flush = async () => {
    clearTimeout(retry);
    resting = {};
    const all = { ...attempt(() => localStorage), ...mine };
    for (const key in all) if (/^otklik:/.test(key)) await hand(key, all[key]);
  };

  // Chosen, but not sent yet: goes out when the page is left or another question is answered.
  let pending;
  const leave = () => {
    resting = {};
    pending?.();
  };

  // Circle and eyes are the same for all; only mouth and brows change. embed.py draws the same line.
  const face = (mood) => {
    const [svg, path] = ["svg", "path"].map((tag) => D.createElementNS("http://www.w3.org/2000/svg", tag));
    const bend = mood * 12 - 6;
    svg.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute(
      "d",
      `M12 1.5a10.5 10.5 0 1 0 .01 0M8.5 9.5v1m7 0v-1M7 ${15.5 - bend / 4}q5 ${bend} 10 0` +
        (bend < 0 ? `M7 5.5l3 ${-bend / 4}m4 0l3 ${bend / 4}` : ""),
    );
    svg.append(path);
    return svg;
  };

  const build = (host) => {
    const get = (name) => host.getAttribute(name);
    const either = (name) => get(name) || query[name];
    const lang = [host.closest("[lang]")?.lang, ...navigator.languages, "en"]
      .map((name) => name?.slice(0, 2))
      .find((name) => TEXTS[name]);
    const texts = TEXTS[lang];
    const words = host.words?.[lang];
    const point = get("point");
    const scale = get("scale") || get("kind") || "smiley5";
    const place = either("place");
    const key = either("key");
    const to = either("collector") || address.origin;
    const asked = texts.scale[scale];
    const { options, low } = asked;
    const question = get("question") || words?.question || asked.question.replace("{touchpoint}", D.title);
    const first = options || scale == "nps" ? 0 : 1;
    const names = options || (low ? Array.from({ length: first ? scale.slice(-1) : 11 }, (_, n) => n + first) : []);
    const last = names.length - 1;
    const ends = low ? { 0: first + " – " + low, [last]: names[last] + " – " + asked.high } : {};
    const open = last < 0;
    const follow = open ? question : texts[scale == "helpful" ? "improve" : "more"];
    const response = {
      rev: 0,
      key,
      point,
      place,
      scale,
      wording: get("wording"),
      lang,
      channel: "web",
      segment: either("segment"),
      customer: either("customer"),
      page: location.pathname.slice(0, 500),
    };
    let rest;
    let calm;

    const say = (text, changeable) => {
      clearTimeout(rest);
      status.textContent = text;
      change.hidden = !changeable;
    };

    const finish = () => {
      scores.hidden = more.hidden = button.hidden = true;
      status.focus();
    };

    // `pressed` is a person's Send. Rest and leaving send the score only, never a comment that is being written.
    const go = async (pressed) => {
      const data = new FormData(form);
      const final = pressed && !more.hidden;
      const rev = ++response.rev;
      pending = 0;
      say(texts.sending);
      // A UUIDv7: the time, so that the collector's rows stay in order, and 72 random bits.
      response.id ||= (0 + Date.now().toString(16) + "-7xxx-axxx-xxxxxxxxxxxx")
        .replace(/x/g, () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16))
        .replace(/.{8}/, "$&-");
      response.at ||= Date.now();
      if (pressed) Object.assign(response, Object.fromEntries(data), { reasons: data.getAll("reasons") });
      if (!open) response.score = +data.get("score");
      const shelf = "otklik:" + response.id;
      const entry = (mine[shelf] = JSON.stringify([to, response]));
      attempt(() => (localStorage[shelf] = entry));
      more.hidden = false;
      if (pressed) status.focus();
      if (final) finish();
      if (rev < 2)
        host.dispatchEvent(
          new CustomEvent("otklik-response", {
            bubbles: true,
            composed: true,
            detail: { point, scale, score: response.score },
          }),
        );
      const said = await hand(shelf, entry);
      if (rev < response.rev) return;
      say(texts[said]);
      if (said == "refused") finish();
    };

    const status = make("span", { role: "status", tabIndex: -1, part: "thanks" });
    const change = make("button", {
      type: "button",
      hidden: true,
      textContent: texts.change,
      onclick: () => {
        // Whoever asks for time gets it: from now on only Send sends.
        calm = 1;
        say("");
        form.querySelector(":checked").focus();
      },
    });
    const button = make("button", { hidden: !open, part: "send", textContent: texts.send });
    const tile = (type, name, value, ariaLabel, ...shown) =>
      make("label", { part: "option" }, make("input", { type, name, value, ariaLabel }), ...shown);
    const fields = (hidden, legend, ...inside) =>
      make("fieldset", { hidden }, make("legend", { part: "question" }, legend), ...inside);
    const scores = fields(
      open,
      question,
      make(
        "div",
        {
          className: "s " + scale,
          oninput: () => {
            if (pending != go) leave();
            response.at = Date.now();
            pending = go;
            button.hidden = false;
            if (calm) return;
            // Arrow keys choose on their way: only rest sends.
            say(texts.sending, 1);
            rest = setTimeout(go, 2500);
          },
        },
        ...names.map((name, n) =>
          tile("radio", "score", n + first, ends[n], scale[0] == "s" ? face(n / last) : "", make("span", {}, name)),
        ),
      ),
      make("div", { className: "e", ariaHidden: true }, ...Object.values(ends).map((end) => make("span", {}, end))),
    );
    const more = fields(
      !open,
      follow + (open ? "" : ` (${texts.optional})`),
      make(
        "div",
        { className: "r" },
        ...Object.entries(attempt(() => JSON.parse(get("reasons"))) || words?.reasons || {}).map(([value, name]) =>
          tile("checkbox", "reasons", value, name, name),
        ),
      ),
      make("textarea", {
        name: "comment",
        maxLength: 2e3,
        required: open,
        part: "comment",
        ariaLabel: follow,
        ariaDescription: texts.hint,
      }),
      make("p", { ariaHidden: true }, texts.hint),
      make("input", { name: "website", hidden: true }),
    );
    const form = make(
      "form",
      { onsubmit: () => !go(1) },
      scores,
      make("p", {}, status, change),
      more,
      button,
    );
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(form);
    new IntersectionObserver((seen, observer) => {
      if (seen.some((one) => one.isIntersecting)) {
        observer.disconnect();
        post(to + "/shown", [{ point, scale, place, key }]).catch(() => {});
      }
    }).observe(host);
  };

  const start = () => {
    // One question by itself, where the script's address names its point; never a second one of the same point.
    const settings = { collector: address.origin, ...OWN.settings, ...query };
    if (settings.point) {
      const ask = D.querySelector(`${TAG}[point="${settings.point}"]`) || make(TAG);
      for (const name in settings) ask.hasAttribute(name) || ask.setAttribute(name, settings[name]);
      ask.words = OWN.words;
      // A tag manager's script stands in the head, or is gone already.
      if (!ask.isConnected) D.body.contains(script) ? script.after(ask) : D.body.append(ask);
    }
    if (customElements.get(TAG)) return;
    sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host{display:block!important;min-width:min(100%,18rem)}" +
        "form{all:initial;display:block;color:inherit;font:inherit;color-scheme:inherit;container-type:inline-size;max-width:36rem}" +
        "fieldset,legend,p{all:unset;display:block;margin-bottom:.5em}" +
        "[hidden],:host([hidden]){display:none!important}" +
        "legend{font-weight:bold}" +
        "label{position:relative;display:flex;flex-flow:column;place-items:center;justify-content:center;min-width:0;min-height:44px;padding:0 1em;text-align:center}" +
        // The input is the tile itself: it takes the touch, the ring and the mark, and the words stand under it.
        "input,textarea,button{font:inherit;color:inherit;background:none;border:1px solid;border-radius:8px;box-sizing:border-box}" +
        "input{appearance:none;position:absolute;inset:0;width:100%;height:100%;margin:0}" +
        "input:checked{border-width:3px;background:#8883}" +
        "textarea{width:100%;font-size:max(16px,1em);padding:.5em}" +
        "button{font-weight:bold;min-height:44px;padding:0 1em}" +
        ".s{display:grid;grid:auto/auto-flow 1fr;gap:4px}" +
        ".s label{padding:4px 0}" +
        ".nps{gap:2px}" +
        "svg{width:2.5em;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round}" +
        "svg+span,.e,p{font-size:.85em}" +
        ".e{display:flex;justify-content:space-between;gap:1em}" +
        ".e :last-child{text-align:end}" +
        ".r{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:.5em}" +
        "@container(width<21rem){.smiley5{grid:none}}" +
        "@container(width<18rem){.nps{grid:none/repeat(6,1fr)}}" +
        "@media print{:host{display:none!important}}",
    );
    customElements.define(
      TAG,
      class extends HTMLElement {
        connectedCallback() {
          // What can't be asked, for want of a known scale, leaves the page's own form in sight.
          this.shadowRoot || attempt(() => build(this));
        }
        disconnectedCallback() {
          leave();
        }
      },
    );
    addEventListener("pagehide", leave);
    D.addEventListener("visibilitychange", () => D.hidden && leave());
    addEventListener("online", () => {
      pause = 2e3;
      flush();
    });
    flush();
  };

  const run = () => attempt(start);
  D.readyState == "loading" ? D.addEventListener("DOMContentLoaded", run) : run();
})();
