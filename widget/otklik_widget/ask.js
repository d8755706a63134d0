// The widget: asks one question at a touchpoint on any page, and never loses the response.
// A guest there: its styles stay in a shadow root, it leaves one element's name behind, and it throws nothing.
(() => {
  // The build puts the texts of both languages here; GET /ask.js?point=… puts its touchpoint's attributes there.
  const TEXTS = "@TEXTS@";
  const OWN = "@POINT@";
  const TAG = "otklik-ask";
  const D = document;
  // Known only now, while the script runs for the first time.
  const script = D.currentScript;
  const address = new URL(script?.src || "/", D.baseURI);
  const query = { collector: address.origin, ...Object.fromEntries(address.searchParams) };
  const sheet = new CSSStyleSheet();

  const make = (tag, properties, ...children) => {
    const made = Object.assign(D.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // A text needs no preflight; keepalive lets it arrive after the page is gone. Nothing comes back when it can't.
  const post = (to, value) =>
    fetch(to, {
      method: "POST",
      body: JSON.stringify(value),
      keepalive: true,
      credentials: "omit",
    }).catch(() => {});

  // The outbox: each response under a key of its own, since tabs that share one list would lose each other's.
  // Where the storage is forbidden, or full later on, the page's memory does the same as long as the page lives.
  let outbox = {};
  try {
    outbox = localStorage || outbox;
  } catch {}
  let resting = {};
  let pause = 2e3;
  let retry;

  // Tries once to hand over what is kept under a key; what became of it: thanks, kept or refused.
  const hand = async (key) => {
    const entry = outbox[key];
    const [to, response] = JSON.parse(entry);
    // One collector that is down must not hold up what waits for another.
    if (resting[to]) return "kept";
    const reply = await post(to + "/responses", { ...response, sent: Date.now() });
    if (/^(2|4(?!08|29))/.test(reply?.status)) {
      // A newer revision may have come while this one was on its way: it stays.
      if (outbox[key] == entry) delete outbox[key];
      pause = 2e3;
      return reply.ok ? "thanks" : "refused";
    }
    resting[to] = 1;
    clearTimeout(retry);
    retry = setTimeout(flush, Math.max(pause, reply?.headers.get("retry-after") * 1e3 || 0));
    pause = Math.min(pause * 2, 6e5);
    return "kept";
  };

  const flush = async () => {
    resting = {};
    // What another tab has delivered meanwhile can't be handed over: that is no fault.
    for (const key in outbox) if (key.startsWith(TAG)) await hand(key).catch(() => {});
  };

  // Chosen, but not sent yet: goes out when the page is left or another question is answered.
  let pending;
  const leave = () => pending?.();

  // Circle and eyes are the same for all; only mouth and brows change. embed.py draws the same line.
  const face = (bend) => {
    const [svg, path] = ["svg", "path"].map((tag) => D.createElementNS("http://www.w3.org/2000/svg", tag));
    path.setAttribute(
      "d",
      `M20 2a18 18 0 1 0 .1 0M14 15v3M26 15v3M12 ${26 - bend}q8 ${bend * 4} 16 0` +
        (bend < 0 ? `M11 9l5 ${-bend}m8 0l5 ${bend}` : ""),
    );
    svg.append(path);
    return svg;
  };

  const build = (host) => {
    // What the element leaves out, the script's address may say.
    const get = (name) => host.getAttribute(name) || query[name];
    const lang = [host.closest("[lang]")?.lang, navigator.languages, "en"]
      .join()
      .split(/\W/)
      .find((name) => TEXTS[name]);
    const spoken = (name) => get(name) || get(name + "-" + lang);
    const texts = TEXTS[lang];
    const scale = get("scale") || get("kind") || "smiley5";
    const to = get("collector");
    const { options, low, high, question } = texts.scale[scale];
    const legend = spoken("question") || question.replace("{touchpoint}", D.title);
    const first = options || scale == "nps" ? 0 : 1;
    const names =
      options || Array.from({ length: { nps: 11, ces7: 7, message: 0 }[scale] ?? 5 }, (_, n) => n + first);
    const last = names.length - 1;
    const ends = low ? { 0: first + " – " + low, [last]: names[last] + " – " + high } : {};
    const open = last < 0;
    const follow = open ? legend : texts[scale == "helpful" ? "improve" : "more"];
    // Without a point there is nothing to ask about: this line fails, and the page's own form stays in sight.
    const about = { point: get("point").trim(), scale, place: get("place"), key: get("key") };
    const response = {
      ...about,
      rev: 0,
      wording: get("wording"),
      lang,
      channel: "web",
      segment: get("segment"),
      customer: get("customer"),
      page: location.pathname,
    };
    let rest;
    let calm;

    const tell = (name) =>
      host.dispatchEvent(
        new CustomEvent("otklik-" + name, {
          bubbles: true,
          composed: true,
          detail: { ...about, score: response.score },
        }),
      );

    const say = (text, changeable) => {
      clearTimeout(rest);
      status.textContent = text;
      change.hidden = !changeable;
    };

    const finish = () => {
      scores.hidden = more.hidden = button.hidden = true;
      status.focus();
      tell("close");
    };

    // `pressed` is a person's Send. Rest and leaving send the score only, never a comment that is being written.
    const go = async (pressed) => {
      const rev = ++response.rev;
      pending = null;
      say(texts.sending);
      // A UUIDv7: the time, so that the collector's rows stay in order, and 72 random bits.
      response.id ||= (0 + Date.now().toString(16) + "-7xxx-axxx-xxxxxxxxxxxx")
        .replace(/x/g, () => (crypto.getRandomValues(new Uint8Array(1)) & 15).toString(16))
        .replace(/.{8}/, "$&-");
      response.at ||= Date.now();
      if (pressed) {
        const reasons = new FormData(form).getAll("reasons");
        response.reasons = reasons[0] && reasons;
        response.comment = form.comment.value || undefined;
      }
      const shelf = TAG + response.id;
      const entry = JSON.stringify([to, response]);
      try {
        outbox[shelf] = entry;
      } catch {
        outbox = { ...outbox, [shelf]: entry };
      }
      if (pressed) status.focus();
      if (pressed && !more.hidden) finish();
      else more.hidden = false;
      if (rev < 2) tell("response");
      const said = await hand(shelf);
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
    const button = make("button", { hidden: !open, textContent: texts.send, part: "send" });
    const scores = make(
      "fieldset",
      { hidden: open },
      make("legend", { part: "question" }, legend),
      make(
        "div",
        {
          className: scale,
          oninput: (event) => {
            if (pending != go) leave();
            response.score = +event.target.value;
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
          make(
            "label",
            { part: "option" },
            make("input", { type: "radio", name: "score", value: n + first, required: true, ariaLabel: ends[n] }),
            scale[0] == "s" ? face((n / last) * 5 - 2.5) : "",
            name,
          ),
        ),
      ),
      make("p", {}, ends[0] || "", make("span", {}, ends[last] || "")),
    );
    const more = make(
      "fieldset",
      { hidden: !open },
      make("legend", { part: "question" }, follow),
      ...Object.entries(JSON.parse(spoken("reasons") || "{}")).map(([value, name]) =>
        make("label", { part: "option" }, make("input", { type: "checkbox", name: "reasons", value }), name),
      ),
      make("textarea", {
        part: "comment",
        name: "comment",
        maxLength: 2e3,
        required: open,
        ariaLabel: follow,
        ariaDescription: texts.hint,
      }),
      make("p", {}, texts.hint),
    );
    const form = make("form", { onsubmit: () => !go(1) }, scores, make("p", {}, status, " ", change), more, button);
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(form);
    new IntersectionObserver((seen, observer) => {
      if (seen.pop().isIntersecting) {
        observer.disconnect();
        post(to + "/shown", [about]);
      }
    }).observe(form);
  };

  const start = () => {
    try {
      // One question by itself, where the script's address names its point; never a second one of the same point.
      const settings = { ...OWN.own, ...query };
      if (settings.point) {
        const ask = D.querySelector(`${TAG}[point="${settings.point}"]`) || make(TAG);
        for (const name in settings) ask.hasAttribute(name) || ask.setAttribute(name, settings[name]);
        // A tag manager's script stands in the head, or is gone already.
        if (!ask.isConnected) D.body.contains(script) ? script.after(ask) : D.body.append(ask);
      }
      // Loaded twice, the script ends here: a name can be defined only once.
      customElements.define(
        TAG,
        class extends HTMLElement {
          connectedCallback() {
            // A scale that is none leaves the page's own form in sight; an element that comes back is built already.
            try {
              build(this);
            } catch {}
          }
          disconnectedCallback() {
            leave();
          }
        },
      );
      sheet.replaceSync(
        "*{box-sizing:border-box}" +
          "form{container-type:inline-size;min-width:14rem;max-width:36rem}" +
          "fieldset,legend,p{border:0;padding:0;margin:0 0 .5em;min-width:0}" +
          "legend,button{font-weight:bold}" +
          "label{display:inline-block}label,button{position:relative;min-height:44px;padding:.75em;margin:0 4px 4px 0;text-align:center}" +
          // The input is the tile itself: it takes the touch, the ring and the mark, and the words stand under it.
          "input,textarea,button{font:inherit;color:inherit;background:none;border:1px solid;border-radius:8px}" +
          "input,textarea{width:100%}" +
          "input{appearance:none;position:absolute;inset:0;margin:0;height:100%}" +
          "input:checked{background:#8883;border-width:3px}" +
          "div,div+p{display:grid;grid:auto/auto-flow minmax(0,1fr);gap:2px}" +
          "div label{padding:.75em 0;margin:0}" +
          "div+p{font-size:.85em}span{text-align:end}" +
          "[class^=s]{font-size:max(.75em,3cqi)}" +
          "svg{display:block;margin:auto;width:40px;height:40px;fill:none;stroke:currentColor;stroke-width:2}" +
          "@container(width<22rem){.smiley5{grid:none}}" +
          "@container(width<18rem){.nps{grid:none/repeat(6,1fr)}}" +
          "@media print{form{display:none}}",
      );
      addEventListener("pagehide", leave);
      addEventListener("visibilitychange", leave);
      addEventListener("online", () => {
        pause = 2e3;
        flush();
      });
      flush();
    } catch {}
  };

  D.body ? start() : addEventListener("DOMContentLoaded", start);
})();
