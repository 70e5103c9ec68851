// Many at once, by keys: X picks a row, Shift+X from the last one to this, * A all in the list and * N none of it.
// The boxes and the bar below the list are there anyway, and say the same without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const boxes = (root = document) => $$(".pickme", root);
const shown = (root) => boxes(root).filter((box) => !box.closest("details:not([open])")); // what is folded is not meant
const picked = () => boxes().filter((box) => box.checked);
const bar = $("#many");
let last = null, star = 0;

function changed() {
  for (const all of $$("[data-all] input")) {
    const here = shown(all.closest("section")), on = here.filter((box) => box.checked).length;
    Object.assign(all, { checked: on > 0 && on === here.length, indeterminate: on > 0 && on < here.length });
  }
  const many = picked().length;
  $("#live").textContent = bar.dataset[many === 1 ? "one" : "picked"].replace("{n}", many);
  return true;
}
function set(some, on) {
  some.forEach((box) => (box.checked = on));
  return changed();
}
function range(box) {
  const every = shown(), ends = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
  return set(every.slice(Math.max(ends[0], 0), ends[1] + 1), last?.isConnected ? last.checked : true);
}
function toggle(box) {
  last = box;
  return set([box], !box.checked);
}
const row = () => document.activeElement?.closest("[data-row]") ?? $("[data-row].at");
const shelf = () => row()?.closest("section") ?? document;
function press(event) {
  const key = event.key.toLowerCase(), box = row() && $(".pickme", row());
  if (star > performance.now() && "an".includes(key)) {
    star = 0;
    return set(shown(shelf()), key === "a");
  }
  if (key === "*") return (star = performance.now() + 1500) > 0;
  if (key === "x" && box) return event.shiftKey ? range(box) : toggle(box);
  const verb = /^[ln]$/.test(key) && picked().length && !$(".panel.open") && $(`[data-many="${key}"]`);
  verb?.click?.();
  return Boolean(verb);
}

if (bar) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = event.target.closest?.("input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]");
    if ($("[data-keys]")?.dataset.keys !== "on" || writing || $("dialog[open]") || !press(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".pickme");
    if (!box) return;
    if (event.shiftKey && last && last !== box) range(box);
    last = box;
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".pickme")) changed();
    else if (target.closest("[data-all]")) set(shown(target.closest("section")), target.checked);
  });
  bar.addEventListener("reset", () => setTimeout(() => set(boxes(), false)));
  $$("[data-all]").forEach((all) => (all.hidden = false));
}
