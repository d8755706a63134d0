// Reckons what somebody types, as reckoners_of_*.py and otklik_widget do. Without it a page keeps its worked examples.
"use strict";
{
  const Z = 1.959963984540054, POWER = 0.8416212335729143;
  const lang = document.documentElement.lang;
  const digits = { share: 1, score: 0, points: 1, count: 0, rate: 1, money: 2 };

  const rounded = (value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9);
  const write = (value, options) => new Intl.NumberFormat(lang, options).format(value).replace("-", "\u2212");
  const say = (value, form, range) => {
    if (value === null) return "–";
    if (Array.isArray(value)) return fill(range, { low: say(value[0], form), high: say(value[1], form) });
    const many = digits[form], percent = form === "share";
    // Adding nought makes a minus nought a plain one.
    const near = rounded(value * 10 ** (many + 2 * percent)) / 10 ** (many + 2 * percent) + 0;
    const style = percent ? "percent" : "decimal", least = form === "rate" || form === "points" ? many : 0;
    const said = write(near, { style, minimumFractionDigits: least, maximumFractionDigits: many });
    return (near > 0 && (form === "score" || form === "points") ? "+" : "") + said;
  };
  const fill = (text, values) => text.replace(/{(\w+)}/g, (_whole, name) => values[name]);

  // A number as people write it: with spaces, and with a comma or a point as their language has it.
  const [group, point] = [write(1111111)[1], write(1.5)[1]];
  const thousands = new RegExp(`^\\d{1,3}([${group}]\\d{3})+([${point}]\\d+)?$`);
  const read = (typed) => {
    let text = typed.replace(/[\s'’]/g, "");
    if (thousands.test(text)) text = text.replaceAll(group, "");
    text = text.replace("\u2212", "-").replace(",", ".");
    return /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  };

  const nps = ([bad, all, good]) => (100 * (good - bad)) / all;
  const variance = ([bad, all, good]) => {
    const n = all + 3, net = (good + 0.75 - (bad + 0.75)) / n;
    return (good + 0.75 + (bad + 0.75)) / n - net * net;
  };
  const adjusted = ([bad, all, good]) => {
    const n = all + 3;
    return [(100 * (good + 0.75 - (bad + 0.75))) / n, (10000 * variance([bad, all, good])) / n];
  };
  const npsRange = (groups) => {
    const [centre, error] = adjusted(groups), half = Z * Math.sqrt(error);
    return [Math.max(-100, centre - half), Math.min(100, centre + half)];
  };
  const npsDifference = (before, after) => {
    const [centre, error] = adjusted(before), [centre2, error2] = adjusted(after);
    const value = centre2 - centre, half = Z * Math.sqrt(error + error2);
    return [nps(after) - nps(before), [value - half, value + half]];
  };
  const wilson = (count, n) => {
    const z2 = Z * Z, share = count / n;
    const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const half = Math.sqrt(z2 * ((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
    return [count ? Math.max(0, centre - half) : 0, count === n ? 1 : Math.min(1, centre + half)];
  };
  const shareDifference = (count, n, count2, n2) => {
    const [low, high] = wilson(count, n), [low2, high2] = wilson(count2, n2), p = count / n, p2 = count2 / n2;
    const value = p2 - p;
    const range = [value - Math.hypot(p2 - low2, high - p), value + Math.hypot(high2 - p2, p - low)];
    return [100 * value, [100 * Math.max(-1, range[0]), 100 * Math.min(1, range[1])]];
  };
  const size = (points, spread) => Math.max(1, Math.ceil((Z * Z * spread) / (points / 100) ** 2 - 3));
  const sizeOfDifference = (points, spread) => {
    const z = Z + POWER;
    return Math.ceil((z * z * 2 * spread) / (points / 100) ** 2);
  };
  // Nothing is told of fewer than five answers, and nothing concluded of fewer than thirty.
  const differ = (least, found) => {
    if (least < 5) return { difference: null, range: null, sentence: "few" };
    const [difference, range] = found();
    const sentence = range[0] > 0 ? "higher" : range[1] < 0 ? "lower" : "unclear";
    return { difference, range, sentence: least < 30 ? "early" : sentence };
  };

  // What is wrong with numbers that are right one by one, {field: sentence}; and what comes out.
  const sums = {
    kept: {
      wrong: (v) => (v.new > v.end ? { new: "new" } : v.end - v.new > v.start && { end: "end" }),
      reckon: (v) => ({ crr: (v.end - v.new) / v.start, churn: 1 - (v.end - v.new) / v.start }),
    },
    revenue: {
      wrong: (v) => v.contraction + v.lost > v.revenue && { lost: "lost" },
      reckon: (v) => {
        const gross = (v.revenue - v.contraction - v.lost) / v.revenue, net = gross + v.expansion / v.revenue;
        return { gross, net, sentence: net > 1 && "hides" };
      },
    },
    repeat: {
      wrong: (v) => {
        if (v.again > v.customers) return { again: "again" };
        if (v.purchases < v.customers + v.again) return { purchases: "few" };
        return !v.again && v.purchases > v.customers && { purchases: "many" };
      },
      reckon: (v) => ({
        share: v.again / v.customers, more: (v.purchases - v.customers) / v.purchases,
        often: v.purchases / v.customers, bill: v.revenue / v.purchases, each: v.revenue / v.customers,
      }),
    },
    nps: {
      reckon: (v) => {
        const n = v.promoters + v.passives + v.detractors, groups = [v.detractors, n, v.promoters], spread = variance(groups);
        if (n < 5) return { answers: n, nps: null, range: null, needed: null, change: null, sentence: "few" };
        return {
          answers: n, nps: nps(groups), range: npsRange(groups), needed: size(v.points, spread),
          change: sizeOfDifference(v.points, spread), sentence: n < 30 && "early",
        };
      },
    },
    "members-nps": {
      reckon: (v) => {
        const n = v.promoters + v.passives + v.detractors, n2 = v.promoters2 + v.passives2 + v.detractors2;
        const first = [v.detractors, n, v.promoters], second = [v.detractors2, n2, v.promoters2];
        return {
          first: n < 5 ? null : nps(first), second: n2 < 5 ? null : nps(second),
          ...differ(Math.min(n, n2), () => npsDifference(second, first)),
          needed: n < 5 || n2 < 5 ? null : sizeOfDifference(v.points, (variance(first) + variance(second)) / 2),
        };
      },
    },
    "members-share": {
      wrong: (v) => (v.yes > v.all ? { yes: "all" } : v.yes2 > v.all2 && { yes2: "all" }),
      reckon: (v) => ({
        first: v.all < 5 ? null : v.yes / v.all, second: v.all2 < 5 ? null : v.yes2 / v.all2,
        ...differ(Math.min(v.all, v.all2), () => shareDifference(v.yes2, v.all2, v.yes, v.all)),
        needed: sizeOfDifference(v.points, 0.25),
      }),
    },
    detractor: {
      reckon: (v) => {
        const bad = v.told * v.cancelled, range = [bad / Math.max(v.needed, 40), ((v.told + 1) * v.cancelled) / v.needed];
        const lost = range.map((each) => Math.min(v.referred, v.detractors * each));
        const sentence = v.detractors * range[1] > v.referred && "capped";
        return { each: bad / v.needed, range, lost, price: lost.map((each) => each * v.worth), sentence };
      },
    },
  };

  const make = (tag, values, ...inside) => {
    const made = document.createElement(tag);
    for (const key in values) made.setAttribute(key, values[key]);
    made.append(...inside);
    return made;
  };

  for (const place of document.querySelectorAll("[data-sum]")) {
    const words = place.parentNode.dataset, key = place.dataset.sum, sum = sums[key], all = (what) => [...place.querySelectorAll(what)];
    const sentences = Object.fromEntries(all("[data-sentence]").map((one) => [one.dataset.sentence, one.textContent]));
    const fields = all("[data-asked]").map((row) => {
      const { asked, least, most, whole } = row.dataset, [head, first] = row.cells, id = `${key}-${asked}`;
      const label = make("label", { for: id }, head.firstChild.textContent.trim()), wrong = make("span", { class: "wrong", id: `${id}-wrong` });
      const limits = make("small", { id: `${id}-limits` }, head.children.length ? head.lastChild.textContent : "");
      const input = make("input", {
        id, value: first.textContent, inputmode: whole === undefined ? "decimal" : "numeric", autocomplete: "off",
        "aria-describedby": `${id}-wrong ${id}-limits`,
      });
      const needed = fill(whole === undefined ? words.number : words.whole, { least: write(least), most: write(most) });
      const right = (value) => value >= least && value <= most && (whole === undefined || Number.isInteger(value));
      return { name: asked, input, wrong, label, needed, right, part: make("p", {}, label, " ", limits, input, wrong) };
    });
    const told = all("[data-told]").map((row) => {
      const label = row.cells[0].textContent, value = make("dd", {});
      return { ...row.dataset, label, value, part: make("div", {}, make("dt", {}, label), value) };
    });
    const sentence = make("p", {}), spoken = make("output", { class: "unseen" });
    const form = make(
      "form", { class: "calculator", id: `sum-${key}`, "aria-labelledby": `sum-${key}-name` },
      make("p", { class: "sum", id: `sum-${key}-name` }, place.querySelector("caption").firstChild.textContent.trim()),
      make("div", { class: "ask-sum" }, ...fields.map((field) => field.part)),
      make("dl", { class: "facts" }, ...told.map((one) => one.part)), sentence, spoken,
    );

    const show = () => {
      const values = {}, faults = {};
      for (const { name, input, right, needed } of fields) {
        values[name] = read(input.value);
        if (!right(values[name])) faults[name] = needed;
      }
      const well = () => !Object.keys(faults).length, wrong = (well() && sum.wrong && sum.wrong(values)) || {};
      for (const name in wrong) faults[name] = sentences[wrong[name]];
      const found = well() ? sum.reckon(values) : {};
      for (const field of fields) {
        field.wrong.textContent = faults[field.name] || "";
        field.input.setAttribute("aria-invalid", field.name in faults);
      }
      for (const one of told) one.value.textContent = say(well() ? found[one.told] : null, one.form, words.range);
      sentence.textContent = sentences[found.sentence] || "";
      sentence.hidden = !sentence.textContent;
    };
    const speak = () => {
      const wrong = fields.filter((field) => field.wrong.textContent);
      const said = wrong.length
        ? wrong.map((field) => `${field.label.textContent}: ${field.wrong.textContent}`)
        : told.map((one) => `${one.label}: ${one.value.textContent}.`);
      spoken.value = [...said, sentence.textContent].join(" ").trim();
    };
    let later;
    form.addEventListener("input", () => {
      show();
      form.classList.add("own");
      // What came out is said once, when the typing has stopped.
      clearTimeout(later);
      later = setTimeout(speak, 800);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
    place.before(form);
  }
}
