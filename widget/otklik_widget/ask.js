// The widget: asks one question at a touchpoint on any page, and never loses the response.
// A guest there: its styles stay in a shadow root, it leaves one element's name behind, and it throws nothing.
(() => {
  // The build puts the texts here: by language, a line for each of SCALES and a last one for the widget itself
  // (packing.py says how). GET /ask.js?point=… puts its touchpoint's settings into OWN. What stands between
  // <card> and </card> is only in the script of a card: a question that comes by itself, at a moment of its own.
  // A card has the texts of its one scale; what stands between <plain> and </plain> is in the other script only.
  const TEXTS = "@TEXTS@";
  const OWN = "@POINT@";
  // <plain>
  const SCALES = "nps ces7 ces5 ces1 smiley3 smiley4 smiley5 csat5 helpful expect3 message".split(" ");
  // </plain>
  const SHELF = "otklik-ask";
  let TAG = SHELF;
  // <card>
  // Another name: a page may have questions in their places already, from the script without cards.
  TAG = "otklik-card";
  // </card>
  const D = document;
  // Known only now, while the script runs for the first time.
  const script = D.currentScript;
  const address = new URL(script?.src || "/", D.baseURI);
  const query = {
    collector: address.origin,
    ...Object.fromEntries(address.searchParams),
    said: { ...TEXTS, ...OWN.texts },
  };
  let sheet;

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

  // Tries once to hand over what is kept under a key; what became of it: 0 thanks, 1 kept, 2 refused.
  const hand = async (key) => {
    const entry = outbox[key];
    const [to, response] = JSON.parse(entry);
    // One collector that is down must not hold up what waits for another.
    if (resting[to]) return 1;
    const reply = await post(to + "/responses", { ...response, sent: Date.now() });
    // Only the collector's own word counts, and it speaks JSON: free Wi-Fi, a host of pages or a wall against robots
    // answer anything with a page of theirs.
    if (/^(2|4(?!08|29)).*json/.test(reply?.status + reply?.headers.get("content-type"))) {
      // A newer revision may have come while this one was on its way: it stays.
      if (outbox[key] == entry) delete outbox[key];
      pause = 2e3;
      return reply.ok ? 0 : 2;
    }
    resting[to] = 1;
    clearTimeout(retry);
    retry = setTimeout(flush, Math.max(pause, reply?.headers.get("retry-after") * 1e3 || 0));
    pause = Math.min(pause * 2, 6e5);
    return 1;
  };

  const flush = async () => {
    resting = {};
    // What another tab has delivered meanwhile can't be handed over: that is no fault.
    for (const key in outbox) if (key.startsWith(SHELF)) await hand(key).catch(() => {});
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

  // <card>
  // When a question was last answered or closed stands under a key of its point, and under one of all points.
  const LAST = "otklik:";
  // </card>

  // What the element leaves out, the script's address may say.
  const read = (host) => (name) => host.getAttribute(name) || (host.own || query)[name];

  const build = (host) => {
    const get = read(host);
    // An element may bring a language that no script has: its one question's line, and the widget's own.
    const ours = { ...get("said"), ...JSON.parse(host.getAttribute("texts")) };
    const lang = [host.closest("[lang]")?.lang, navigator.languages, "en", Object.keys(ours)]
      .join()
      .split(/\W/)
      .find((name) => ours[name]);
    const spoken = (name) => get(name) || get(name + "-" + lang);
    const texts = ours[lang].split("\n");
    const [influence, improve, hint, send, sending, changing, ...became] = texts.pop().split("#");
    const scale = get("scale") || get("kind") || "smiley5";
    const to = get("collector");
    let line;
    // <card>
    line = texts[0];
    // </card>
    // <plain>
    line = texts[texts[1] ? SCALES.indexOf(scale) : 0];
    // </plain>
    const [question, ...words] = line.split("#");
    // A scale of numbers has words for its two ends, any other one a word for each score.
    const numbers = /^[cn]/.test(scale);
    const legend = spoken("question") || question.replace("*", D.title);
    const first = +(numbers && scale != "nps");
    const names = numbers ? Array.from({ length: { nps: 11, ces7: 7 }[scale] || 5 }, (_, n) => n + first) : words;
    const last = names.length - 1;
    const ends = numbers ? { 0: first + " – " + words[0], [last]: names[last] + " – " + words[1] } : {};
    const open = last < 0;
    const follow = open ? legend : scale == "helpful" ? improve : influence;
    const { ask, agree, link, version } = JSON.parse(spoken("contact") || "{}");
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
      // <card>
      rate: +get("share") || undefined,
      // </card>
    };
    let rest;
    let calm;

    // Where nothing more fits into the storage, the page's memory takes over.
    const keep = (key, value) => {
      try {
        outbox[key] = value;
      } catch {
        outbox = { ...outbox, [key]: value };
      }
    };

    const tell = (name) => {
      // <card>
      // Answered or closed: a card does not come again soon.
      for (const point of ["", about.point]) keep(LAST + point, Date.now());
      // </card>
      host.dispatchEvent(
        new CustomEvent("otklik-" + name, {
          bubbles: true,
          composed: true,
          detail: { ...about, score: response.score },
        }),
      );
    };

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
      say(sending);
      // A UUIDv7: the time, so that the collector's rows stay in order, and 74 random bits. A Blob's address ends in
      // a random UUID also where a page without HTTPS has no crypto.randomUUID.
      // A device that has forgotten the year still gives twelve digits.
      response.id ||= Date.now().toString(16).padStart(12, 0).replace(/.{8}/, "$&-") + "-7" + URL.createObjectURL(new Blob()).slice(-21);
      response.at ||= Date.now();
      if (pressed) {
        const data = new FormData(form);
        const reasons = data.getAll("reasons");
        const value = data.get("contact");
        const consent = data.get("consent");
        response.reasons = reasons[0] && reasons;
        response.comment = data.get("comment") || undefined;
        response.contact = (value && consent && { value, consent }) || undefined;
      }
      const key = SHELF + response.id;
      keep(key, JSON.stringify([to, response]));
      if (pressed) status.focus();
      if (pressed && !more.hidden) finish();
      else more.hidden = false;
      if (rev < 2) tell("response");
      const said = await hand(key);
      if (rev == response.rev) {
        say(became[said]);
        if (said > 1) finish();
      }
    };

    const status = make("span", { role: "status", tabIndex: -1, part: "thanks" });
    const change = make("button", {
      type: "button",
      hidden: true,
      textContent: changing,
      onclick: () => {
        // Whoever asks for time gets it: from now on only Send sends.
        calm = 1;
        say("");
        form.querySelector(":checked").focus();
      },
    });
    const button = make("button", { hidden: !open, textContent: send, part: "send" });
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
            // Arrow keys choose on their way: only rest sends.
            if (!calm) {
              say(sending, 1);
              rest = setTimeout(go, 2500);
            }
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
    const consent = make("input", { type: "checkbox", name: "consent", value: version });
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
        ariaDescription: hint,
      }),
      make("p", {}, hint),
      // A contact needs a consent of its own, which nobody has ticked before.
      ask
        ? make(
            "p",
            {},
            make("label", {}, ask, make("input", {
              name: "contact",
              maxLength: 200,
              oninput: (event) => {
                consent.required = event.target.value;
              },
            })),
            make("label", {}, consent, agree),
            " ",
            link ? make("a", { href: link, target: "_blank" }, link) : "",
          )
        : "",
    );
    const form = make(
      "form",
      // Said in a language that may be another than the page's, and written in that one's direction.
      { lang, dir: "auto", onsubmit: () => !go(1) },
      scores,
      make("p", {}, status, " ", change),
      more,
      button,
    );
    // <card>
    form.className = get("view") || "corner";
    form.ariaLabel = legend;
    form.append(
      make("button", {
        type: "button",
        textContent: became[3],
        part: "close",
        onclick: () => {
          leave();
          finish();
          form.hidden = true;
        },
      }),
    );
    // </card>
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

  const show = (host) => {
    let said = "shown";
    try {
      // <card>
      const get = read(host);
      const recent = (point, days) => Date.now() - outbox[LAST + point] < days * 864e5;
      if (!location.href.match(get("url") || "")) throw "url";
      // The minifier puts this before any declaration that it joins it with: it stands alone, behind a statement.
      const [days, quiet] = (get("again") || "90 7").split(" ");
      if (recent(get("point"), days) || recent("", quiet)) throw "again";
      if (Math.random() > (get("share") || 1)) throw "share";
      // </card>
      build(host);
    } catch (error) {
      // A scale that is none leaves the page's own form in sight.
      said = error;
    }
    // Whoever wonders why there is no question adds #otklik to the page's address and looks into the console.
    if (location.hash == "#otklik") console.log(host, said);
  };
  let begin = show;
  // <card>
  begin = (host) => {
    // At once would be in the way of the page's own first picture.
    const [kind, what] = (read(host)("when") || (D.readyState < "d" ? "time 1" : "load")).split(/ (.*)/);
    const heard = (event) => {
      if (kind == "click" ? !event.target.closest(what) : kind == "scroll" && scrollY < what * innerHeight) return;
      removeEventListener(kind, heard, true);
      show(host);
    };
    if (kind == "time") setTimeout(show, what * 1e3, host);
    else addEventListener(kind, heard, true);
  };
  // </card>

  const start = () => {
    try {
      // A browser that is too old for this stops here, without a word: the page's own form stays in sight.
      sheet = new CSSStyleSheet();
      // One question by itself, where the script's address names its point; never a second one of the same point.
      const own = { ...OWN.own, ...query };
      if (own.point) {
        const ask = D.querySelector(`${TAG}[point="${own.point}"]`) || make(TAG);
        ask.own ||= own;
        ask.setAttribute("point", own.point);
        if (own.lang) ask.lang ||= own.lang;
        // A tag manager's script stands in the head, or is gone already.
        if (!ask.isConnected) D.body.contains(script) ? script.after(ask) : D.body.append(ask);
      }
      // Loaded twice, the script ends here: a name can be defined only once.
      customElements.define(
        TAG,
        class extends HTMLElement {
          connectedCallback() {
            // An element that comes back is built already.
            this.shadowRoot || begin(this);
          }
          disconnectedCallback() {
            leave();
          }
        },
      );
      sheet.replaceSync(
        "*{box-sizing:border-box;border:0;padding:0;margin:0 0 .5em;min-width:0;font:inherit;color:inherit;background:none}" +
          "form{container-type:inline-size;min-width:14rem;max-width:36rem}" +
          "legend,button{font-weight:bold}" +
          "label{display:inline-block}label,button{position:relative;min-height:44px;padding:.75em;margin:1px;text-align:center}" +
          // The input is the tile itself: it takes the touch, the ring and the mark, and the words stand under it.
          "input,textarea,button{border:1px solid;border-radius:8px;width:100%}" +
          "button{width:auto}" +
          "input{appearance:none;position:absolute;inset:0;height:100%}" +
          "input:checked{background:#8883;border-width:3px}" +
          "p label{display:block;padding:0;text-align:start}p input{all:revert;font:inherit;margin:.3em;min-height:24px;min-width:24px}" +
          "div,div+p{display:grid;grid:auto/auto-flow minmax(0,1fr)}" +
          "div label{padding:.75em 0}" +
          "span{text-align:end}" +
          "[class^=sm]{font-size:max(.75em,3cqi)}" +
          "svg{display:block;margin:auto;width:40px;height:40px;fill:none;stroke:currentColor;stroke-width:2}" +
          // <card>
          // Never a modal: the page beside it stays free, and on a phone the larger part of it.
          ".corner,.strip{position:fixed;z-index:9;inset:auto 0 0 auto;width:24rem;max-width:100%;max-height:60%;overflow:auto;padding:1em;margin:0;border:1px solid;background:canvas;color:canvastext}" +
          ".strip{width:100%}" +
          // All faces in one row: a card that hides the last of them until it is scrolled would favour the others.
          ".corner .smiley5{font-size:min(1em,3.2cqi)}" +
          // </card>
          // <plain>
          "@container(width<22rem){.smiley5{grid:none}}" +
          // </plain>
          "@container(width<18rem){.nps{grid:none/repeat(6,1fr)}}" +
          "@media print{form{display:none}}",
      );
      // Leaving hides a page first, in every browser that can run this script.
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
