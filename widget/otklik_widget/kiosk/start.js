// Where the app begins: what it is paired as, the worker that starts it offline, and the screen that must stay on.

const APP = D.querySelector("meta[name=app]").content;
const own = location.pathname.split("/")[2];
const base = "/kiosk/" + own;
let registration;
let lock;

const awake = async (wanted) => {
  if (!wanted) return lock?.release();
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
};

// Browsers fill the screen only when somebody touches it.
const fill = () => {
  if (!D.fullscreenElement && !matchMedia("(display-mode: fullscreen)").matches) {
    D.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
  }
};

// A new version of the app waits until nobody answers; the page then begins anew with it.
const takeNewApp = () => registration?.waiting?.postMessage("take over");

const register = async () => {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  // Without a policy a browser with Trusted Types refuses the address, and says nothing.
  const policy = window.trustedTypes?.createPolicy("otklik-kiosk", { createScriptURL: (address) => address });
  const address = "/kiosk/worker.js";
  let controlled = !!worker.controller;
  const anew = () => (quiet() ? location.reload() : setTimeout(anew, IDLE));
  worker.addEventListener("controllerchange", () => {
    if (controlled) anew();
    controlled = true;
  });
  registration = await worker.register(policy ? policy.createScriptURL(address) : address, { scope: "/kiosk/" });
  const { active } = await worker.ready;
  if (!worker.controller) active.postMessage("claim");
};

const begin = async () => {
  const asked = [...navigator.languages, "en"].map((one) => one.split("-")[0]);
  lang = asked.find((one) => TEXTS[one]);
  D.documentElement.lang = lang;
  D.body.replaceChildren(header, main, footer, status);
  // Without https browsers give neither a worker nor what ids are made of.
  if (!isSecureContext) return alone("pair", words().secure);
  register().catch(() => {});
  if (own == "pair") return pair();
  for (const name of ["contextmenu", "selectstart", "dragstart"]) {
    addEventListener(name, (event) => event.target.closest?.("input, textarea") || event.preventDefault());
  }
  addEventListener("pointerdown", touch, true);
  addEventListener("keydown", touch, true);
  addEventListener("pointerup", () => view == "left" || fill());
  addEventListener("online", () => beat());
  D.addEventListener("visibilitychange", () => D.hidden || view == "left" || awake(true));
  awake(true);
  navigator.storage?.persist?.().catch(() => {});
  settings = await recall("settings/" + own).catch(() => {});
  if (!(await recall("key/" + own).catch(() => {}))) barred[own] = "unpaired";
  home();
  setInterval(beat, MINUTE);
  beat();
};

begin();
