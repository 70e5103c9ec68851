// The list of doors and the editor. Every switch, button and link works without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const TOAST = 8000;
let toastTimer;

// ── what the script unlocks, again after each swap ──
function wake() {
  $$("[data-grip]").forEach((grip) => (grip.hidden = $$("[data-door]").length < 2));
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("[data-toast]:not(:focus-within, :hover)")?.classList.add("gone"), TOAST);
}
document.addEventListener("htmx:afterSettle", wake);
wake();

// ── a request that did not get through ──
function lost() {
  const list = $("#doors");
  const place = list && $("[data-problem]", list);
  if (place) Object.assign(place, { hidden: false, textContent: list.dataset.lost });
}
for (const trouble of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(trouble, lost);
document.addEventListener("htmx:responseError", (event) => {
  if ([401, 403, 404].includes(event.detail.xhr.status)) return location.reload();
  lost();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!new URL(event.detail.xhr.responseURL).pathname.startsWith("/desk/")) { // signed out meanwhile: led to the sign-in
    event.detail.shouldSwap = false;
    location.reload();
  }
});

// ── "until" opens the panel of its row ──
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-until]");
  const panel = link && document.getElementById(link.dataset.until);
  const choice = panel && $("[name=state][value=until]", panel);
  const date = panel && $("[name=until]", panel);
  if (!date?.value || event.ctrlKey || event.metaKey || event.shiftKey) return; // no date yet: the server proposes one
  event.preventDefault();
  panel.open = choice.checked = true;
  date.focus();
});

// ── topics: Enter looks, and a topic names a door that has no name ──
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-find]")) event.preventDefault();
});
document.addEventListener("change", (event) => {
  const name = $("form.stateform [name=name]");
  if (event.target.matches("[name=topic][data-name]") && name && !name.value) name.value = event.target.dataset.name;
});

// ── drag a row to its place; the buttons do the same ──
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  const row = grip.closest("[data-door]");
  const list = row.parentElement;
  const order = () => $$("[data-door]", list).map((one) => one.dataset.door);
  const before = order();
  row.classList.add("held");
  const follow = (move) => {
    const past = $$("[data-door]", list).find((one) => {
      const box = one.getBoundingClientRect();
      return one !== row && move.clientY < box.top + box.height / 2;
    });
    if (past !== row.nextElementSibling) list.insertBefore(row, past ?? null);
  };
  const drop = (end) => {
    document.removeEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, drop);
    row.classList.remove("held");
    const now = order();
    if (end.type === "pointercancel" || now.join() === before.join()) {
      before.forEach((pk) => list.append($(`[data-door="${pk}"]`, list)));
      return;
    }
    const carried = ["csrfmiddlewaretoken", "desk"].map((name) => [name, $(`[name=${name}]`, row).value]);
    const values = { order: now, at: row.dataset.slug, ...Object.fromEntries(carried) };
    htmx.ajax("POST", $("#doors").dataset.order, { target: "#doors", swap: "outerHTML", values });
  };
  document.addEventListener("pointermove", follow);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, drop);
});
