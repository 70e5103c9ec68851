// The minutes until an answer leaves, counted down without a reload. Without this file the time of day says it.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });
const began = Date.now();

function count() {
  for (const place of document.querySelectorAll("[data-leaves]")) {
    const { leaves, last = leaves } = place.dataset; // of one press some leave sooner; the others can still be stopped
    const left = [leaves, last].map((end) => end - (Date.now() - began) / 1000).find((more) => more > 0);
    if (left) { place.textContent = words.format(Math.ceil(left / 60), "minute"); continue; }
    place.textContent = place.dataset.gone;
    place.removeAttribute("data-leaves");
    place.closest(".lane")?.querySelectorAll(".act form").forEach((form) => (form.hidden = true));
  }
}
setInterval(count, 5000);
