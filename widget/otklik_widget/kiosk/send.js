// What goes to the collector and comes from it: answers, the heartbeat, new settings.

const LIST = 50;
const LIST_BYTES = 6e4;
const MINUTE = 6e4;

// Why the collector takes nothing from a device: "device-revoked" or "device-key".
const barred = {};
let pause = 2e3;
let most = LIST;
let draining;
let drainAgain;
let retry;

// A reply with its JSON as `told`; null where no line leads to the collector.
const call = async (path, settings, key) => {
  try {
    const reply = await fetch(path, {
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout?.(3e4),
      ...settings,
      headers: { ...settings.headers, ...(key && { Authorization: "Bearer " + key }) },
    });
    const text = await reply.text();
    let told = {};
    try {
      told = JSON.parse(text);
    } catch {}
    return { status: reply.status, ok: reply.ok, headers: reply.headers, told };
  } catch {
    return null;
  }
};

const later = (seconds) => {
  clearTimeout(retry);
  // Three hundred tablets of one shop do not come back in the same moment.
  retry = setTimeout(drain, Math.max(pause * (0.5 + Math.random() / 2), seconds * 1e3 || 0));
  pause = Math.min(pause * 2, MINUTE);
};

// As many as a list may hold, in number and in bytes.
const fitting = (items) => {
  let size = 2;
  const found = [];
  for (const item of items) {
    size += new Blob([JSON.stringify(item)]).size + 25;
    if (found.length && size > LIST_BYTES) break;
    found.push(item);
  }
  return found;
};

// Hands over what one device has, list by list; true where something must wait.
const hand = async (device) => {
  const key = await recall("key/" + device).catch(() => {});
  for (;;) {
    const items = fitting(await waiting(device, most));
    if (!items.length) return false;
    const sent = Date.now();
    const body = JSON.stringify(items.map((item) => ({ ...item, sent })));
    const reply = await call("/responses", { method: "POST", body }, key);
    const results = reply?.told.results;
    // A login page of the shop's Wi-Fi says 200 to everything: only our own reply counts.
    if (!Array.isArray(results) || results.length != items.length) {
      if (reply && /^4(00|13|22)/.test(reply.status) && reply.told.code) {
        const alone = items.length == 1;
        most = alone ? LIST : 1;
        if (!alone || (await settle([{ item: items[0], refused: reply.told }]))) continue;
      }
      later(reply?.headers.get("retry-after"));
      return true;
    }
    most = LIST;
    const settled = [];
    let kept = 0;
    results.forEach((result, n) => {
      const item = items[n];
      if (/^device-(revoked|key)$/.test(result.code)) barred[device] = result.code;
      else if (/^20[01]$/.test(result.status)) settled.push({ item });
      else if (/^4(?!08|29)/.test(result.status)) settled.push({ item, refused: result });
      else kept++;
    });
    const done = await settle(settled);
    if (barred[device]) return false;
    if (done && settled.length) pause = 2e3;
    if (kept || !done || !settled.length) {
      later(reply.headers.get("retry-after"));
      return true;
    }
  }
};

// One after the other, however many ask for it; ends when everything is delivered or must wait.
const drain = async () => {
  if (draining) {
    drainAgain = 1;
    return;
  }
  draining = 1;
  do {
    drainAgain = 0;
    const devices = await paired().catch(() => [own]);
    for (const device of devices) {
      if (!barred[device] && (await hand(device))) break;
    }
  } while (drainAgain);
  draining = 0;
};

const drainNow = () => {
  pause = 2e3;
  clearTimeout(retry);
  drain();
};

// Asks for the settings; the same ones as before cost a line.
const refresh = async () => {
  const key = await recall("key/" + own).catch(() => {});
  const before = settings || fresh;
  const tag = before?.device == own && before.etag;
  const reply = await call(base + "/settings", { headers: tag ? { "If-None-Match": tag } : {} }, key);
  if (reply?.ok && reply.told.device == own) {
    fresh = { ...reply.told, etag: reply.headers.get("etag") };
    if (fresh.version != settings?.version) await remember("settings/" + own, fresh).catch(() => {});
    delete barred[own];
    await tryAgain();
    drain();
  } else if (reply?.status == 304) {
    delete barred[own];
  } else if (/^device-(revoked|key)$/.test(reply?.told.code)) {
    barred[own] = reply.told.code;
  }
  return reply;
};

const battery = async () => {
  const found = await navigator.getBattery?.().catch(() => {});
  return found ? { level: found.level, charging: found.charging } : null;
};

// Says that the tablet lives, and hears whether there is anything new.
const beat = async () => {
  const key = await recall("key/" + own).catch(() => {});
  if (!key) return;
  const told = {
    key,
    app: APP,
    settings: settings?.version || "",
    at: Date.now(),
    ...(await standing(own)),
    persisted: (await navigator.storage?.persisted?.().catch(() => null)) ?? null,
    battery: await battery(),
    screen: screen.width + "x" + screen.height,
  };
  const reply = await call(base + "/beat", { method: "POST", body: JSON.stringify(told) }, key);
  const newest = reply?.ok ? reply.told : {};
  if (/^device-(revoked|key)$/.test(reply?.told.code)) barred[own] = reply.told.code;
  // A collector that knows no heartbeats is asked for the settings themselves.
  else if (reply && (barred[own] || !settings || newest.settings != settings.version)) await refresh();
  if (newest.app && newest.app != APP) registration?.update().catch(() => {});
  if (reply?.ok) drainNow();
  rest();
};
