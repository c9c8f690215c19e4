// Keys, and a span drawn on the timeline. Every page does without.
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) location.href = link.href;
  };
  let at = -1;
  const move = (step) => {
    const hits = all(".hit");
    if (!hits.length) return;
    if (hits[at]) hits[at].classList.remove("here");
    at = Math.max(0, Math.min(hits.length - 1, at + step));
    hits[at].classList.add("here");
    hits[at].focus({ preventScroll: true });
    hits[at].scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => { const box = document.getElementById("q"); if (box) { box.focus(); box.select(); } },
    j: () => move(1),
    k: () => move(-1),
    o: () => { const hit = all(".hit")[at]; if (hit) location.href = hit.querySelector("h2 a").href; },
    e: () => {
      const hit = all(".hit")[at];
      if (hit) for (const part of all("details", hit)) part.open = !part.open;
    },
    n: () => follow("a[rel=next]"),
    p: () => follow("a[rel=prev]"),
    "?": () => { location.href = "/help"; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  for (const figure of all("[data-timeline]")) {
    const bars = all("a[data-time]", figure);
    let first = -1, last = -1;
    const under = (event) => {
      const hit = document.elementFromPoint(event.clientX, event.clientY);
      return hit ? bars.indexOf(hit.closest("a[data-time]")) : -1;
    };
    const show = () => bars.forEach((bar, i) => bar.classList.toggle("chosen",
      first >= 0 && i >= Math.min(first, last) && i <= Math.max(first, last)));
    figure.addEventListener("dragstart", (event) => event.preventDefault());
    figure.addEventListener("pointerdown", (event) => { first = last = under(event); });
    figure.addEventListener("pointermove", (event) => {
      if (first < 0 || !event.buttons) return;
      const now = under(event);
      if (now >= 0) { last = now; show(); }
    });
    let drawn = false;
    figure.addEventListener("pointerup", () => {
      drawn = first >= 0 && first !== last;
      if (!drawn) { first = -1; return; }
      const [from, to] = [Math.min(first, last), Math.max(first, last)];
      const address = new URL(bars[from].getAttribute("href"), location.href);
      address.searchParams.set("since", bars[from].dataset.time);
      address.searchParams.set("until", bars[to].dataset.time);
      first = -1;
      location.href = address.href;
    });
    figure.addEventListener("click", (event) => { if (drawn) event.preventDefault(); }, true);
  }
})();
