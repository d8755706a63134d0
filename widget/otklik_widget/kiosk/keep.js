// What the tablet keeps, in IndexedDB: answers that wait, answers that were refused, its keys, settings and numbers.

let opening;

const opened = () =>
  (opening ||= new Promise((done, fail) => {
    const request = indexedDB.open("otklik-kiosk", 1);
    request.onupgradeneeded = () => {
      for (const name of ["queue", "aside"]) {
        request.result.createObjectStore(name, { keyPath: "id" }).createIndex("device", "device");
      }
      request.result.createObjectStore("state");
    };
    request.onsuccess = () => {
      const db = request.result;
      // Another version of the app, or a browser short of room, may close it: the next use opens it again.
      db.onversionchange = () => db.close();
      db.onclose = () => {
        opening = null;
      };
      done(db);
    };
    request.onerror = () => fail(request.error);
  }).catch((error) => {
    opening = null;
    throw error;
  }));

// Runs `work(give, ...stores)` in one transaction; what was given comes back once all of it is on the disk.
const within = async (names, mode, work) => {
  let db = await opened();
  let transaction;
  try {
    transaction = db.transaction(names, mode, { durability: "strict" });
  } catch {
    opening = null;
    db = await opened();
    transaction = db.transaction(names, mode, { durability: "strict" });
  }
  return new Promise((done, fail) => {
    let found;
    transaction.oncomplete = () => done(found);
    transaction.onabort = () => fail(transaction.error);
    const give = (value) => {
      found = value;
    };
    work(give, ...names.map((name) => transaction.objectStore(name)));
  });
};

const then = (request, work) => {
  request.onsuccess = () => work(request.result);
};

const recall = (name) => within(["state"], "readonly", (give, state) => then(state.get(name), give));

const remember = (name, value) => within(["state"], "readwrite", (give, state) => state.put(value, name));

// The names of the devices that this tablet was ever paired as.
const paired = () =>
  within(["state"], "readonly", (give, state) =>
    then(state.getAllKeys(), (names) => give(names.filter((name) => /^key\//.test(name)).map((name) => name.slice(4)))),
  );

// Answers that the disk would not take; they are delivered all the same, as long as the app runs.
let spare = [];

// Puts a new answer beside its number and the time since the last one: in one go, so that no number is ever left out.
const keep = async (response) => {
  const count = "count/" + response.device;
  try {
    await within(["queue", "state"], "readwrite", (give, queue, state) =>
      then(state.get(count), (last) => {
        response.seq = (last?.seq || 0) + 1;
        // A clock that was set back makes no gap.
        if (last) response.gap = Math.max(0, response.at - last.at);
        state.put({ seq: response.seq, at: response.at }, count);
        queue.put(response);
        // Begun at once, it ends even where the page does.
        queue.transaction.commit?.();
      }),
    );
  } catch {
    spare.push(response);
  }
};

// The same answer with more in it takes the place of the one before, whether that was delivered or not.
const revise = async (response) => {
  response.rev++;
  try {
    await within(["queue"], "readwrite", (give, queue) => queue.put(response));
  } catch {
    spare = [...spare.filter((one) => one.id != response.id), { ...response }];
  }
};

const waiting = async (device, most) => {
  const kept = await within(["queue"], "readonly", (give, queue) =>
    then(queue.index("device").getAll(device, most), give),
  ).catch(() => []);
  return [...kept, ...spare.filter((one) => one.device == device)].slice(0, most);
};

// Takes what is settled out of the queue: delivered, or refused with a reason. A newer revision of it stays.
// False where the disk takes no change: then nothing is settled, and whoever goes on at once goes on for ever.
const settle = (settled) => {
  spare = spare.filter((one) => !settled.some(({ item }) => item.id == one.id && item.rev == one.rev));
  return within(["queue", "aside"], "readwrite", (give, queue, aside) => {
    for (const { item, refused } of settled) {
      then(queue.get(item.id), (found) => {
        if (found && found.rev != item.rev) return;
        queue.delete(item.id);
        if (refused) aside.put({ ...item, refused });
      });
    }
  }).then(
    () => true,
    () => false,
  );
};

// What was refused before may be right by now: settings and server have changed.
const tryAgain = () =>
  within(["queue", "aside"], "readwrite", (give, queue, aside) =>
    then(aside.getAll(), (all) => {
      for (const { refused, ...item } of all) {
        then(queue.get(item.id), (newer) => newer || queue.put(item));
        aside.delete(item.id);
      }
    }),
  ).catch(() => {});

// How the device stands: answers that wait, were refused, the oldest, the last number and the last press.
const standing = (device) =>
  within(["queue", "aside", "state"], "readonly", (give, queue, aside, state) => {
    const found = { queue: spare.length, aside: 0, oldest: null, last_press: null, seq: 0 };
    give(found);
    then(queue.index("device").count(device), (n) => {
      found.queue += n;
    });
    then(aside.index("device").count(device), (n) => {
      found.aside = n;
    });
    // Ids begin with their time: the first one is the oldest.
    then(queue.index("device").get(device), (first) => {
      found.oldest = first?.at ?? null;
    });
    then(state.get("count/" + device), (last) => {
      if (last) Object.assign(found, { seq: last.seq, last_press: last.at });
    });
  }).catch(() => ({ queue: spare.length, aside: 0, oldest: null, last_press: null, seq: 0 }));
