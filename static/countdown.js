// The minutes until an answer leaves, counted down without a reload. Without this file the time of day says it.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });
const began = Date.now();

function count() {
  for (const place of document.querySelectorAll("[data-leaves]")) {
    const left = Number(place.dataset.leaves) - (Date.now() - began) / 1000;
    if (left > 0) { place.textContent = words.format(Math.ceil(left / 60), "minute"); continue; }
    place.textContent = place.dataset.gone;
    place.removeAttribute("data-leaves");
    place.closest(".lane")?.querySelectorAll(".act form").forEach((form) => (form.hidden = true));
  }
}
setInterval(count, 5000);
