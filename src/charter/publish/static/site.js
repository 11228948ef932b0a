// What is more comfortable with a script. Everything can be read without it.
"use strict";
(() => {
  const root = document.documentElement;
  const find = (wanted, within = document) => [...within.querySelectorAll(wanted)];

  // Light and dark
  const toggle = document.querySelector(".theme");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept */ }
    });
  }

  // The contents are folded where there is no room beside the text
  const fold = document.querySelector(".contents-fold");
  const wide = matchMedia("(min-width: 62rem)");
  if (fold) {
    const fit = () => { fold.open = wide.matches; };
    fit();
    wide.addEventListener("change", fit);
    fold.addEventListener("click", (event) => {
      if (!wide.matches && event.target.closest("a")) fold.open = false;
    });
  }

  // A link into a folded example unfolds it; one into what is filtered out shows it
  const reveal = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    const section = target.closest(".section[hidden]");
    if (section) section.hidden = false;
    const folded = target.closest("details.example");
    if (folded && !folded.open) folded.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // Print shows what is folded
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = find("details.example:not([open])");
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));

  // Where the reader is
  const links = new Map();
  find(".contents a").forEach((link) => {
    const id = link.hash.slice(1);
    if (id && link.pathname === location.pathname) links.set(decodeURIComponent(id), link);
  });
  const sections = find(".section");
  let marked = null;
  const unmark = () => { // what is filtered out is not where the reader is
    if (!marked?.parentElement.classList.contains("out-of-view")) return;
    marked.removeAttribute("aria-current");
    marked.classList.remove("now");
    marked = null;
  };
  if (links.size && "IntersectionObserver" in window) {
    const inside = new Set();
    const watch = new IntersectionObserver((entries) => {
      entries.forEach((each) => (each.isIntersecting ? inside.add(each.target) : inside.delete(each.target)));
      const first = sections.find((each) => inside.has(each));
      const link = first && links.get(first.dataset.section);
      if (!first || link === marked) return;
      marked?.removeAttribute("aria-current");
      marked?.classList.remove("now");
      marked = link ?? null;
      if (!marked) return;
      marked.setAttribute("aria-current", "location");
      marked.classList.add("now");
      const box = marked.closest(".contents");
      if (!box || !wide.matches) return;
      const at = marked.getBoundingClientRect();
      const frame = box.getBoundingClientRect();
      if (at.top < frame.top + 40 || at.bottom > frame.bottom - 40) box.scrollTop += at.top - frame.top - frame.height / 3;
    }, { rootMargin: "-72px 0px -60% 0px" });
    sections.forEach((each) => watch.observe(each));
  }

  // Filters
  const tools = document.getElementById("page.tools");
  if (tools) {
    tools.hidden = false;
    const unfold = document.getElementById("page.unfold");
    const reset = document.getElementById("page.reset");
    const found = document.getElementById("page.found");
    const examples = find("details.example");
    if (!examples.length) unfold.hidden = true;
    const chosen = (name) => find(`input[name=${name}]:checked`, tools).map((each) => each.value);
    const any = (wanted, have) => !wanted.length || wanted.some((each) => have.split(" ").includes(each));
    const apply = () => {
      const [levels, tags, grades] = ["authority", "tag", "grade"].map(chosen);
      const active = levels.length + tags.length + grades.length > 0;
      let count = 0;
      sections.forEach((each) => {
        const { authority, tags: own, grades: given } = each.dataset;
        const fits = (!levels.length || levels.includes(authority)) && any(tags, own) && any(grades, given);
        each.hidden = active && !fits;
        if (fits) count += 1;
        links.get(each.dataset.section)?.parentElement.classList.toggle("out-of-view", active && !fits);
      });
      examples.forEach((each) => { each.hidden = grades.length > 0 && !any(grades, each.dataset.grades); });
      find(".reply").forEach((each) => { each.hidden = grades.length > 0 && !grades.includes(each.dataset.grade); });
      if (grades.length) examples.forEach((each) => { if (!each.hidden) each.open = true; });
      reset.hidden = !active;
      unmark();
      found.textContent = !active ? "" : count === 0 ? "No section fits all of this." : count === 1 ? "1 section" : `${count} sections`;
    };
    tools.addEventListener("change", apply);
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.addEventListener("reset", () => setTimeout(apply));
    unfold.addEventListener("click", () => {
      const open = unfold.getAttribute("aria-pressed") !== "true";
      examples.forEach((each) => { each.open = open; });
      unfold.setAttribute("aria-pressed", String(open));
      unfold.textContent = open ? "Close all examples" : "Open all examples";
    });
    // A browser that goes back fills in what was chosen, before or after this runs
    apply();
    addEventListener("pageshow", apply);
  }

  // What a reference leads to, on hover, focus or tap
  const seen = new Map();
  let card = null;
  let owner = null;
  let timer = 0;
  const drop = () => {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    card?.remove();
    card = owner = null;
  };
  const sectionOf = (page, id) => find(".section", page).find((each) => each.dataset.section === id);
  const load = async (link) => {
    const id = link.dataset.ref.split("/")[0];
    const here = sectionOf(document, id);
    if (here) return here;
    if (location.protocol === "file:") return null; // browsers let no file read another
    const address = link.href.split("#")[0];
    if (!seen.has(address)) {
      seen.set(address, fetch(address).then((answer) => (answer.ok ? answer.text() : "")).then((text) => new DOMParser().parseFromString(text, "text/html")).catch(() => null));
    }
    const page = await seen.get(address);
    return page && sectionOf(page, id);
  };
  const show = async (link) => {
    if (owner === link) return;
    drop();
    owner = link;
    const section = await load(link);
    if (!section || owner !== link) return;
    const made = document.createElement("div");
    made.className = "preview";
    made.id = "page.preview";
    made.setAttribute("role", "tooltip");
    const title = document.createElement("p");
    title.className = "preview-title";
    title.dir = "auto";
    title.textContent = section.querySelector("h1,h2,h3,h4,h5,h6").textContent.replace(/\s*#\s*$/, "");
    made.append(title);
    for (const wanted of [".marks", ".who .answer"]) {
      const part = section.querySelector(wanted);
      if (!part) continue;
      const copy = part.cloneNode(true);
      if (wanted !== ".marks") copy.prepend("May be changed by: ");
      made.append(copy);
    }
    const words = section.querySelector(".prose p");
    if (words) {
      const copy = words.cloneNode(true);
      find("[id]", copy).forEach((each) => each.removeAttribute("id"));
      find("[tabindex]", copy).forEach((each) => each.removeAttribute("tabindex"));
      find(".tie, .count", copy).forEach((each) => each.remove());
      find("a", copy).forEach((each) => each.replaceWith(...each.childNodes));
      copy.className = "preview-words";
      made.append(copy);
    }
    if (matchMedia("(hover: none)").matches) {
      const go = document.createElement("a");
      go.href = link.href;
      go.className = "preview-go";
      go.textContent = "Go there";
      made.append(go);
    }
    document.getElementById("page.main").append(made);
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const width = made.offsetWidth;
    const below = at.bottom + made.offsetHeight + 12 < innerHeight;
    made.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8)) + scrollX}px`;
    made.style.top = `${(below ? at.bottom + 6 : Math.max(8, at.top - made.offsetHeight - 6)) + scrollY}px`;
    card = made;
    link.setAttribute("aria-describedby", "page.preview");
    made.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") drop(); });
  };
  const refOf = (event) => (event.target instanceof Element ? event.target.closest("a.ref[data-ref]") : null);
  document.addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" ? refOf(event) : null;
    clearTimeout(timer);
    if (link) timer = setTimeout(show, 180, link);
    else if (card && !card.contains(event.target)) timer = setTimeout(drop, 250);
  });
  document.addEventListener("focusin", (event) => {
    const link = refOf(event);
    if (link?.matches(":focus-visible")) show(link);
    else if (card && !card.contains(event.target)) drop();
  });
  document.addEventListener("click", (event) => {
    const link = refOf(event);
    if (link && matchMedia("(hover: none)").matches && owner !== link) {
      event.preventDefault();
      show(link);
    } else if (card && !card.contains(event.target)) drop();
  });
  // The list of versions covers text: it goes as soon as something else is wanted
  document.addEventListener("click", (event) => {
    find(".versions[open]").forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      drop();
      find(".versions[open]").forEach((each) => { each.open = false; });
    }
  });
})();
