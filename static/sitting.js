// A sitting: what a lost network must not lose, the sign that a card is still open, and the way back to what was answered.
// Without this file the same forms do the same; a card that is still open is then free for others after two minutes.
const $ = (selector, root = document) => root.querySelector(selector);
const SIGN = 45000, AWAKE = 120000; // ms: how often a card is said to be open, and how long after the last movement
const SLOW = 8000; // ms until an answer counts as lost; the same answer twice is one answer
let pressed = null, moved = performance.now();

const say = (text) => { const live = $("#live"); if (live) live.textContent = text; };

// ── the network ──
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#session") || pressed?.form === event.target && pressed.button === event.submitter) return;
  pressed = { form: event.target, button: event.submitter, tries: 0 };
}, true);
document.addEventListener("htmx:configRequest", (event) => (event.detail.timeout = SLOW));
function again() {
  if (!pressed?.form.isConnected) return;
  pressed.form.requestSubmit(pressed.button);
}
function lost() {
  if (!pressed?.form.isConnected) return;
  if (pressed.tries++ === 0) return setTimeout(again, 400);
  pressed.waits = true;
  tell($("#session").dataset.lost);
}
function tell(sentence) {
  const place = $("[data-problem]");
  if (place) { place.hidden = false; $("span", place).textContent = sentence; }
  say(sentence);
}
addEventListener("online", () => pressed?.waits && again());
document.addEventListener("click", (event) => event.target.closest("[data-again]") && again());
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
document.addEventListener("htmx:responseError", (event) => {
  if ([401, 403].includes(event.detail.xhr.status)) return location.reload();
  if (pressed) Object.assign(pressed, { tries: 1, waits: false });
  tell($("#session").dataset.broke);
});

// ── the sign that a card is open, while somebody moves ──
["pointermove", "pointerdown", "keydown", "scroll"].forEach((name) => addEventListener(name, () => (moved = performance.now()), { passive: true }));
async function sign() {
  const form = $("[data-look]");
  if (!form || document.hidden || performance.now() - moved > AWAKE) return;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "error" }).catch(() => null);
  const news = $("[data-news]");
  if (answer?.status !== 200 || !form.isConnected || !news?.hidden) return;
  Object.assign(news, { hidden: false, textContent: await answer.text() });
  say(news.textContent);
}
setInterval(sign, SIGN);
document.addEventListener("visibilitychange", () => { moved = performance.now(); sign(); });
const arrive = () => $("[data-look=new]") && sign(); // who joined by a link has said so nowhere yet

// ── back: once to what was answered last, twice to where the sitting began ──
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.target.matches("#session")) return;
  pressed = null;
  arrive();
  if ($("#session").dataset.before && !history.state?.sitting) history.pushState({ sitting: true }, "");
});
addEventListener("popstate", () => {
  const before = $("#session")?.dataset.before;
  if (before && !history.state?.sitting) htmx.ajax("GET", before, { target: "#session", swap: "outerHTML" });
});
arrive();
