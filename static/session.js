// Keys and soft hands for the desk. Every key presses a button or a link that is there anyway; without this file the
// same forms and links do the same.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const GUARD = 250; // ms after an answer in which a tap is a slip
const TOAST = 6000;
const SLOW = 300; // ms until an answer that is on its way is shown as such
let answered = -GUARD, going = false, toastTimer;

const keysOn = () => $("[data-keys]")?.dataset.keys === "on";
const openPanel = () => $(".panel.open") ?? (location.hash && $(`.panel${location.hash}`));

// ── panels ──
function close() {
  const panel = openPanel();
  if (!panel) return false;
  panel.classList.remove("open");
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  $(`[data-panel="${panel.id}"]`)?.focus({ preventScroll: true });
  return true;
}
function open(name) {
  $$(".panel.open").forEach((panel) => panel.classList.remove("open"));
  const panel = document.getElementById(name);
  panel.classList.add("open");
  hideToast();
  ($("[data-digit]", panel) ?? $("input:not([type=hidden])", panel)).focus({ preventScroll: true });
}
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  const closer = event.target.closest("[data-close]");
  if (opener) { event.preventDefault(); open(opener.dataset.panel); }
  else if (closer && closer.hash) { event.preventDefault(); close(); }
});

// ── the toast ──
function hideToast() { clearTimeout(toastTimer); $("[data-toast]")?.classList.add("gone"); }
function timeToast() {
  clearTimeout(toastTimer);
  const inTheWay = !$("#session") || matchMedia("(max-width: 43.99rem)").matches;
  if (inTheWay) toastTimer = setTimeout(() => !$("[data-toast]:focus-within") && hideToast(), TOAST);
}

// ── keys ──
// A key of a row presses in the row that is at hand; the keys of a page have one button.
const atHand = () => document.activeElement?.closest("[data-row]") ?? $("[data-row].at");
function press(name) {
  const row = atHand(), here = `[data-key="${name}"]`;
  const found = (row && $(here, row)) ?? $$(here).find((button) => !button.closest("[data-row]"));
  found?.click();
  return Boolean(found);
}
function digit(number) {
  const panel = openPanel();
  if (!panel) return false;
  const ready = $(`[data-digit="${number}"]`, panel);
  if (ready) { ready.matches("select") ? ready.focus() : ready.click(); return true; }
  return Number(number) === $$('[data-digit]:not([data-digit="0"])', panel).length + 1 && own();
}
function own() {
  const field = $("[data-own]", openPanel() || document.createElement("p"));
  field?.focus();
  return Boolean(field);
}
function detail() {
  const more = $(".letter-card details");
  if (more) more.open = !more.open;
  return Boolean(more);
}
function look() {
  const field = $("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}
function help() {
  const sheet = $("#keys");
  if (sheet && !sheet.open) sheet.showModal();
  return Boolean(sheet);
}
function go(key) {
  going = false;
  const link = $(`[data-go="${key}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}
function startGoing() {
  going = true;
  setTimeout(() => (going = false), 1500);
  return true;
}

// ── the list of the inbox: J, K and Enter ──
const rows = () => $$("[data-row]").filter((row) => !row.parentElement.closest("details:not([open])"));
const beside = () => { const peek = $("#peek"); return peek && getComputedStyle(peek).display !== "none" ? peek : null; };
function pick(row) {
  if (!row) return false;
  $$("[data-row].at").forEach((other) => other.classList.remove("at"));
  row.classList.add("at");
  row.scrollIntoView({ block: "nearest" });
  const link = $(".subject", row);
  link.focus({ preventScroll: true });
  const peek = beside();
  const address = new URL(location.href);
  address.searchParams.set("at", row.dataset.row);
  if (peek) htmx.ajax("GET", address.pathname + address.search, { target: peek, swap: "innerHTML" });
  return true;
}
const step = (by) => pick(rows()[Math.max(0, rows().findIndex((row) => row.matches(".at")) + by)]);
function enter(event) {
  if (event.key === "Enter" && event.target.closest("a,button,summary")) return false;
  const link = $("[data-row].at .subject");
  if (link) location.assign(link.href);
  return Boolean(link);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row] .subject");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.detail > 0;
  if (!link || !plain || !beside() || link.closest(".at")) return;
  event.preventDefault();
  pick(link.closest("[data-row]"));
});

const KEYS = {
  y: () => !openPanel() && press("y"), q: () => !openPanel() && press("q"), l: () => !openPanel() && press("l"), b: () => press("b"),
  n: () => !openPanel() && press("n"), r: () => !openPanel() && press("r"), z: () => press("z"), s: () => press("s"),
  "/": look, e: () => own() || press("e"), d: () => press("d") || detail(), g: startGoing, "?": help, j: () => press("j") || step(1), k: () => press("k") || step(-1), o: enter, Enter: enter,
};
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && !$("dialog[open]") && close()) return event.preventDefault();
  const writing = event.target.closest?.("input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]");
  if (!keysOn() || writing || $("dialog[open]") || $("#session[aria-busy=true]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Whoever begins to type while a panel is open writes their own line; small e only leads there.
  if (openPanel() && event.key !== "e" && /^\p{L}$/u.test(event.key)) { going = false; own(); return; }
  const done = going && /^[a-z]$/.test(key) ? go(key) : /^[0-9]$/.test(key) ? digit(key) : KEYS[key]?.(event);
  if (done) event.preventDefault();
});
document.addEventListener("click", (event) => event.target.closest("[data-help]") && help());

// ── no network: a list says so in place ──
const unplugged = () => $$("[data-unplugged]").forEach((note) => {
  note.hidden = navigator.onLine;
  const live = $("#live");
  if (live && !note.hidden) live.textContent = note.textContent;
});
["online", "offline"].forEach((change) => addEventListener(change, unplugged));
unplugged();

// ── answers: a slip of the finger, the focus afterwards; sitting.js has the network ──
document.addEventListener("click", (event) => {
  const slip = event.detail > 0 && performance.now() - answered < GUARD && event.target.closest(".decide, .toast");
  if (slip) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
// After a moment the pressed button says that it is on its way; a second press is dropped by hx-sync.
let sending = null;
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.target.setAttribute("aria-busy", "true");
  const button = detail.requestConfig.triggeringEvent?.submitter;
  if (!button) return;
  sending = { button, words: button.innerHTML };
  sending.timer = setTimeout(() => { button.setAttribute("aria-disabled", "true"); button.textContent = $("#live").dataset.busy; }, SLOW);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (!sending) return;
  clearTimeout(sending.timer);
  if (sending.button.hasAttribute("aria-disabled")) sending.button.innerHTML = sending.words;
  sending.button.removeAttribute("aria-disabled");
  sending = null;
});
function arrive() {
  $$("[data-help]").forEach((button) => (button.hidden = false));
  const wanted = $("#session [aria-invalid=true]") ?? $("#session [autofocus]") ?? $("#session h1");
  wanted?.focus({ preventScroll: true });
  timeToast();
}
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.target.matches("#session")) return;
  answered = performance.now();
  arrive();
  if (!openPanel()) scrollTo(0, 0);
});
document.addEventListener("DOMContentLoaded", arrive); // htmx takes its forms then: not before is everything in its place
