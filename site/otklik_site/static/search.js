// The site's search: words by their beginnings, from the files that the build wrote beside the page.
(() => {
  const form = document.querySelector("form.find[data-index]");
  if (!form || !window.fetch) return;
  const field = form.elements.q;
  const status = document.querySelector(".found-status");
  const list = document.querySelector(".found");
  const base = form.dataset.index;
  const kept = new Map();
  const read = name => {
    if (!kept.has(name)) {
      const reading = fetch(base + name)
        .then(reply => (reply.ok ? reply.json() : Promise.reject(reply.status)))
        // “constructor” is a word like any other.
        .then(found => Object.setPrototypeOf(found, null));
      // A reading that failed is tried again the next time.
      reading.catch(() => kept.delete(name));
      kept.set(name, reading);
    }
    return kept.get(name);
  };
  const wordsOf = text => text.toLowerCase().replace(/ё/g, "е").match(/[\p{L}\p{N}_]{2,40}/gu) || [];

  // Which beginnings of the index a word means; somebody may still be typing the last one.
  const meant = (word, starts, endings, typing) => {
    const found = new Set();
    let length = Math.min(word.length, 40);
    for (; length > 1; length--) {
      if (starts[word.slice(0, length)] && endings.has(word.slice(length))) break;
    }
    if (length < 2) for (length = word.length; length > 3 && word.length - length < 4; length--) if (starts[word.slice(0, length)]) break;
    if (length > 1 && starts[word.slice(0, length)]) found.add(word.slice(0, length));
    if (typing && word.length > 2) for (const start in starts) if (start.startsWith(word)) found.add(start);
    return found;
  };

  const find = async text => {
    const told = await read("pages.json");
    const endings = new Set(told.endings);
    const words = wordsOf(text);
    const scores = new Map();
    for (const [number, word] of words.entries()) {
      let starts = Object.create(null);
      if (!told.letters) starts = await read("words.json");
      else if (told.letters.includes(word[0])) starts = await read(`words-${word.codePointAt(0).toString(16)}.json`);
      const best = new Map();
      for (const start of meant(word, starts, endings, number === words.length - 1)) {
        const places = starts[start];
        const rare = Math.log(1 + told.pages.length / (places.length / 2));
        for (let n = 0; n < places.length; n += 2) best.set(places[n], Math.max(best.get(places[n]) || 0, places[n + 1] * rare));
      }
      // A page with one more of the words stands before all with fewer.
      for (const [page, score] of best) scores.set(page, (scores.get(page) || 0) + score + 1e6);
    }
    return [...scores].sort((one, other) => other[1] - one[1] || one[0] - other[0]).map(([page]) => told.pages[page]);
  };

  const show = (pages, text) => {
    list.replaceChildren(...pages.slice(0, 30).map(([url, title, about]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const note = document.createElement("p");
      link.href = form.dataset.root + url;
      link.textContent = title;
      note.textContent = about;
      item.append(link, note);
      return item;
    }));
    status.textContent = text ? (pages.length ? form.dataset.some.replace("%", pages.length) : form.dataset.none) : "";
  };

  let latest = 0;
  const search = async () => {
    const text = field.value.trim();
    const mine = ++latest;
    try {
      const pages = text ? await find(text) : [];
      if (mine === latest) show(pages, text);
    } catch {
      if (mine === latest) status.textContent = form.dataset.failed;
    }
  };

  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") || "";
  let timer;
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 150); });
  form.addEventListener("submit", event => {
    event.preventDefault();
    history.replaceState(null, "", "?q=" + encodeURIComponent(field.value.trim()));
    search();
  });
  if (field.value) search();
})();
