// Waits for the next save, then shows the page anew; the browser keeps the place where one was reading.
(() => {
  const version = Number(document.currentScript.dataset.version);
  const wait = async () => {
    for (;;) {
      try {
        const reply = await fetch(`/.otklik/changed?since=${version}`);
        if (reply.ok && (await reply.json()).version !== version) return location.reload();
      } catch {
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  };
  wait();
})();
