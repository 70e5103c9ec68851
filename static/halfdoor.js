// Everything works without this file. What is here saves a person some typing.
const DAY = 24 * 3600 * 1000;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const live = () => document.getElementById("live"); // another one after a whole page was put in
const words = live()?.dataset ?? {}; // what the script says, in the language of the page
const HEARD = 5000; // ms after which what was spoken goes, so that nobody who reads through the page meets it twice
function say(text) {
  const place = live();
  if (!place) return;
  place.textContent = text;
  setTimeout(() => place.textContent === text && place.replaceChildren(), HEARD);
}
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};
const cookie = (name, value) => {
  const safe = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax${safe}`;
};

// ── the reader's zone, for the times on the next page ──
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`zone=${encodeURIComponent(zone)}`)) cookie("zone", zone);

// ── a draft on this device ──
const resumed = (form) => "resumed" in form.dataset; // it holds what the server kept, and nothing else belongs to it
const keyOf = (form) => `draft:${form.dataset.draft}${resumed(form) ? `:${form.elements.form_key.value}` : ""}`;
const drafts = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("draft:")); } catch { return []; } };
drafts().filter((key) => !(Date.now() - store.get(key)?.at < DAY)).forEach(store.drop);
const kept = (field) =>
  field.name && !/^(hidden|password|file|submit|button)$/.test(field.type) && field.autocomplete !== "one-time-code" &&
  !field.closest(".trap");

function snapshot(form) {
  const fields = {};
  for (const field of [...form.elements].filter(kept)) {
    if (/^(radio|checkbox)$/.test(field.type)) (fields[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else fields[field.name] = field.value;
  }
  return fields;
}

function restore(form) {
  const draft = store.get(keyOf(form));
  if (!draft || Date.now() - draft.at > DAY) return store.drop(keyOf(form));
  const fields = [...form.elements].filter(kept);
  const answered = new Set(fields.filter((field) => field.defaultChecked).map((field) => field.name));
  for (const field of fields) {
    const value = draft.fields[field.name];
    if (value === undefined || answered.has(field.name)) continue;
    if (Array.isArray(value)) field.checked = value.includes(field.value);
    else if (field.value || !value) continue;
    else field.value = value;
    const fold = field.closest("details");
    if (fold && (field.checked || !Array.isArray(value))) fold.open = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return true;
}

function keepDraft(form) {
  const line = form.querySelector("[data-saved]");
  let timer, spoken = 0;
  const tell = (text) => {
    if (!line || Date.now() - spoken < 60000) return;
    line.textContent = text;
    spoken = Date.now();
  };
  if (!form.querySelector(".summary, #tried") && restore(form) && line) line.textContent = words.restored;
  const touched = new Set();
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    const here = snapshot(form), there = store.get(keyOf(form))?.fields; // another tab may have written since
    const mine = Object.fromEntries(Object.entries(here).filter(([name]) => touched.has(name)));
    return store.set(keyOf(form), { at: Date.now(), fields: there ? { ...there, ...mine } : here }) && tell(words.saved);
  };
  form.addEventListener("input", ({ target }) => {
    touched.add(target.name);
    clearTimeout(timer);
    timer = setTimeout(keep, 600);
  });
  for (const leaving of ["pagehide", "visibilitychange"]) addEventListener(leaving, () => timer && keep(), true);
}

// ── without a network nothing is sent, and nothing is lost ──
document.addEventListener("submit", (event) => {
  const note = event.target.querySelector("[data-offline]");
  if (!note) return;
  note.hidden = navigator.onLine;
  if (!navigator.onLine) event.preventDefault();
}, true);
addEventListener("online", () => all("[data-offline]").forEach((note) => (note.hidden = true)));

// ── counts, errors that vanish, codes, spelling of mail hosts ──
const points = (field) => [...field.value.normalize("NFC").trim()].length; // as the server counts: an emoji is one
function count(field) {
  const place = document.getElementById(`${field.id}_count`);
  if (!place) return;
  const before = place.textContent;
  field.addEventListener("input", () => {
    const left = field.dataset.count - points(field);
    const said = left < 0 ? words.over : words.left;
    place.textContent = field.value ? said.replace("{n}", Math.abs(left)) : before;
  });
}

function forgive(field) {
  const row = field.closest(".bad");
  if (!row) return;
  const filled = () => (/^(radio|checkbox)$/.test(field.type) ? field.checked : field.value.trim() && field.checkValidity() && !(points(field) > field.dataset.count));
  const check = () => {
    if (!row.classList.contains("bad") || !filled()) return;
    row.classList.remove("bad");
    row.querySelector(".err")?.remove();
    all("[aria-invalid]", row).forEach((item) => item.removeAttribute("aria-invalid"));
    const ids = [row.id, ...all("[id]", row).map((item) => item.id)].filter(Boolean);
    all(".summary a").filter((link) => ids.includes(link.hash.slice(1))).forEach((link) => link.closest("li").remove());
    if (!document.querySelector(".summary li")) document.querySelector(".summary")?.remove();
  };
  field.addEventListener("input", check);
}

function takeCode(field) {
  field.addEventListener("input", () => {
    const plain = field.value.replace(/[\s\-–]/g, "");
    if (plain !== field.value) field.value = plain;
  });
  field.addEventListener("paste", (event) => {
    const found = event.clipboardData?.getData("text").replace(/(\d)[\s\-–]+(?=\d)/g, "$1").match(/\d{6}/);
    if (!found) return;
    event.preventDefault();
    field.value = found[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const HOSTS = ["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.de", "gmx.net", "web.de", "aol.com", "mail.com", "ymail.com"];
function apart(a, b) {
  const row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    let corner = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j];
      row[j] = Math.min(above + 1, row[j - 1] + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1));
      corner = above;
    }
  }
  return row[b.length];
}
function hintHost(field) {
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.setAttribute("role", "status");
  field.after(hint);
  field.addEventListener("input", () => (hint.textContent = ""));
  field.addEventListener("blur", () => setTimeout(offer, 300)); // a button that is being pressed must not move away
  function offer() {
    hint.textContent = "";
    const [name, host] = field.value.trim().toLowerCase().split("@");
    if (!host || HOSTS.includes(host)) return;
    const near = HOSTS.find((known) => apart(host, known) <= (known.length > 7 ? 2 : 1));
    if (!near) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "bare", textContent: near });
    button.addEventListener("click", () => {
      field.value = `${name}@${near}`;
      hint.textContent = "";
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const [before, after] = words.meant.split("{host}");
    hint.append(before, button, after);
  }
}

// ── "My own times" unfolds them ──
document.addEventListener("change", ({ target }) => {
  if (target.name === "hours" && target.value === "own") target.closest("fieldset").nextElementSibling.open = true;
});

// ── a button is pressed once ──
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.once === "off" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button || form.matches("[hx-post]")) return;
  button.dataset.words = button.innerHTML;
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.busy ?? words.busy;
});
const ready = () => all("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  all("[data-words]", form).forEach((button) => {
    button.innerHTML = button.dataset.words;
    button.removeAttribute("aria-disabled");
    delete button.dataset.words;
  });
});
addEventListener("pageshow", ready);
document.addEventListener("htmx:afterRequest", ready);

// ── copy, theme ──
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const button of all("[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
  const before = button.textContent;
  button.textContent = words.copied;
  say(words.copied);
  setTimeout(() => (button.textContent = before), 2000);
});
for (const button of all("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    cookie("theme", root.dataset.theme);
  });
}

// ── refused, with a page of its own in place of this one: what was typed stands there ──
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const whole = detail.xhr.getResponseHeader("HX-Retarget") === "body" && !detail.requestConfig.elt.hasAttribute("hx-include");
  if (!whole) return;
  Object.assign(detail, { shouldSwap: true, isError: false });
  // What is in the body is put in; how the page is laid out stands on the body itself.
  document.body.className = new DOMParser().parseFromString(detail.serverResponse, "text/html").body.className;
});

// ── what just happened is spoken once the page is there: what it came with is not a change, and few would hear it ──
function tell(news) {
  news.removeAttribute("role");
  setTimeout(() => say(all("p", news).map((line) => line.textContent.trim()).join(" ")), 100);
}

// ── wake what this page, or a swapped part of it, needs ──
function wake(root) {
  all("main > .messages", root).forEach(tell);
  all("[data-count]", root).forEach(count);
  all(".bad input, .bad textarea, .bad select", root).forEach(forgive);
  all("[autocomplete=one-time-code]", root).forEach(takeCode);
  all("input[type=email]", root).forEach(hintHost);
  all("form[data-draft]", root).forEach(keepDraft);
  all("[data-draft-done]", root).forEach((item) => drafts().filter((key) => `${key}:`.startsWith(`draft:${item.dataset.draftDone}:`)).forEach(store.drop));
  if (root !== document) root.querySelector(".summary h2")?.focus(); // on a whole page, autofocus does this
}
wake(document);
document.addEventListener("htmx:load", (event) => event.target !== document.body && wake(event.target));
