// Reckons a program's own examples for the sum that somebody types. Without it the page keeps its table.
"use strict";
for (const form of document.querySelectorAll("form[data-rule]")) {
  const rule = JSON.parse(form.dataset.rule);
  const lang = document.documentElement.lang;
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
  const forms = new Intl.PluralRules(lang);
  const money = (sum) =>
    new Intl.NumberFormat(lang, {
      style: "currency", currency: rule.currency, currencyDisplay: "narrowSymbol",
      minimumFractionDigits: Number.isInteger(sum) ? 0 : 2,
    }).format(sum);
  const say = {
    percent: (share) => new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 2 }).format(share / 100),
    points: (n) => `${number.format(n)}\u00a0${rule.unit[forms.select(n)] || rule.unit.few || rule.unit.many || rule.unit.other}`,
  };
  const reckon = (typed) => {
    const level = (rule.levels || []).filter(([from]) => typed >= from).pop();
    const percent = rule.levels ? (level ? level[1] : 0) : rule.percent;
    const paid = rule.levels ? rule.purchase : typed;
    // Binary fractions fall short by a hair: 0.29 * 100 is 28.999…, and the page promises 29 kopecks.
    const share = paid < rule.from ? 0 : Math.floor(paid * percent + 1e-6) / 100;
    const part = rule.most ? Math.min(share, rule.most) : share;
    const points = Math.floor(typed / rule.per + 1e-9) * rule.rate;
    return { percent, part, rest: Math.round((paid - part) * 100) / 100, points, worth: points * rule.value };
  };
  const input = form.querySelector("input");
  const show = () => {
    const typed = input.value === "" || input.valueAsNumber < 0 ? NaN : input.valueAsNumber;
    const found = reckon(typed);
    for (const output of form.querySelectorAll("output")) {
      const key = output.dataset.key;
      output.value = Number.isNaN(typed) ? "–" : (say[key] || money)(found[key]);
    }
  };
  input.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}
