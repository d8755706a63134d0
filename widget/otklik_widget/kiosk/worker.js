// Starts the kiosk without a network: keeps the app, and gives its one page for every kiosk of this address.

const APP = "@APP@";
const SHELL = "/kiosk/app";

addEventListener("install", (event) => {
  const files = [SHELL, ...APP.files].map((file) => new Request(file, { cache: "reload" }));
  // What is sent need not pass here: a try that the page gives up could hold an old worker in its place for minutes.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(APP.version).then((cache) => cache.addAll(files)));
});

addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name != APP.version) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(old());
});

// The page says when a new version may take over: while nobody answers. And one that began while the worker did,
// so that it belongs to none, asks to be taken in.
addEventListener("message", ({ data }) => (data == "claim" ? clients.claim() : skipWaiting()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  const page = request.mode == "navigate" && /^\/kiosk\/[a-z0-9-]+$/.test(pathname);
  if (!page && !APP.files.includes(pathname)) return;
  event.respondWith(
    caches
      .open(APP.version)
      .then((cache) => cache.match(page ? SHELL : pathname))
      .then((found) => found || fetch(request)),
  );
});
