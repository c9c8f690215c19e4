// Keys, clipping in place, names proposed, evidence under the pointer, reprints unfolded, a span drawn on the
// timeline. Every page does without.
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
    x: () => { const hit = all(".hit")[at]; if (hit) all(".clip button", hit).forEach((b) => b.click()); },
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
  // Clipping without leaving the place; the server says how many there are.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const records = form.matches("[data-records]") && form.querySelector("textarea");
    // Of a record only its place and its digest are needed, and a form is bounded.
    if (records) records.value = records.value.split("\n").map((line) => {
      try {
        const { key, ordinal, digest } = JSON.parse(line);
        return JSON.stringify({ key, ordinal, digest });
      } catch { return line; }
    }).join("\n");
    if (!form.matches(".clip")) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const body = new URLSearchParams(new FormData(form));
    body.set("action", button.value);
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { accept: "text/html" } });
    if (!answer.ok) { location.href = "/clips"; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const same = page.querySelector(`input[name=clip][value="${CSS.escape(body.get("clip"))}"]`);
    const fresh = same && same.form.querySelector("button");
    if (fresh) { button.value = fresh.value; button.textContent = fresh.textContent; }
    button.setAttribute("aria-pressed", String(button.value === "remove"));
    document.querySelector("[data-clips]").replaceWith(page.querySelector("[data-clips]"));
  });
  // Names of speakers that hold what is typed so far.
  const names = document.createElement("datalist");
  names.id = "names";
  for (const field of all("[name=speaker], [name=mentions], [name=beside]")) {
    let pause = 0;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      if (field.value.trim()) pause = setTimeout(async () => {
        const asked = new URLSearchParams({ limit: "8", pattern: field.value.trim() });
        const answer = await fetch(`/api/v1/speakers?${asked}`);
        if (answer.ok) names.replaceChildren(...(await answer.json()).rows.map((row) => new Option("", row.name)));
      }, 200);
    });
    field.setAttribute("list", names.id);
    document.body.append(names);
  }
  // The evidence of a speaker under the pointer or the focus; a click or a tap keeps it open.
  for (const box of all("details.who")) {
    const summary = box.querySelector("summary");
    const peek = () => { if (!box.open) { box.open = true; box.dataset.peek = ""; } };
    const leave = () => { if ("peek" in box.dataset) { box.open = false; delete box.dataset.peek; } };
    box.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") peek(); });
    box.addEventListener("pointerleave", leave);
    summary.addEventListener("focus", () => { if (summary.matches(":focus-visible")) peek(); });
    box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) leave(); });
    summary.addEventListener("click", (event) => {
      if (!("peek" in box.dataset)) return;
      event.preventDefault();
      delete box.dataset.peek;
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
  }
  // The copies of a text with their changes, out of the page that compares them.
  for (const box of all("details.reprints")) {
    box.addEventListener("toggle", async () => {
      if (!box.open || box.querySelector(".copies")) return;
      const place = document.createElement("div");
      place.className = "copies";
      box.append(place);
      const answer = await fetch(box.querySelector("a").href, { headers: { accept: "text/html" } });
      if (!answer.ok) { place.remove(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...all(".copy", page).map((copy) => document.importNode(copy, true)));
    });
  }
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
