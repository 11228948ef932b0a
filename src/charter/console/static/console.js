// Two comforts; every page works without them: lists that stay fresh, and keys that answer.
"use strict";

(function () {
  const live = document.getElementById("live");
  const pause = document.getElementById("pause");
  const fresh = document.getElementById("fresh");
  if (live && live.dataset.every && pause && fresh) {
    let running = true;
    pause.hidden = false;
    pause.addEventListener("click", function () {
      running = !running;
      pause.textContent = running ? "Pause" : "Go on";
      fresh.textContent = running ? "Keeps itself fresh." : "Paused.";
    });
    fresh.textContent = "Keeps itself fresh.";
    const busy = function () {
      const chosen = document.getSelection();
      return document.hidden || live.contains(document.activeElement) ||
        (chosen && !chosen.isCollapsed);
    };
    const load = async function () {
      if (!running || busy()) return;
      try {
        const answer = await fetch(location.href, { redirect: "error", cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("live");
        if (!found) throw new Error("no list");
        if (running && !busy()) live.replaceChildren(...document.importNode(found, true).childNodes);
      } catch (error) {
        running = false;
        pause.textContent = "Go on";
        fresh.textContent = "No longer fresh: load the page again.";
      }
    };
    setInterval(load, Number(live.dataset.every) * 1000);
  }

  const keys = document.getElementById("keys");
  if (keys) {
    keys.parentElement.hidden = false;
    try {
      keys.checked = localStorage.getItem("keys") !== "off";
    } catch (error) { /* not remembered */ }
    keys.addEventListener("change", function () {
      try {
        localStorage.setItem("keys", keys.checked ? "on" : "off");
      } catch (error) { /* not remembered */ }
    });
    document.addEventListener("keydown", function (event) {
      const place = event.target;
      const typing = place instanceof HTMLTextAreaElement || place instanceof HTMLSelectElement ||
        (place instanceof HTMLInputElement && place.type === "text");
      if (!keys.checked || typing || event.ctrlKey || event.altKey || event.metaKey) return;
      if (!/^[0-9]$/.test(event.key)) return;
      const wanted = document.querySelector(`[data-key="${event.key}"]`);
      if (!wanted) return;
      event.preventDefault();
      wanted.focus();
      wanted.click();
    });
  }
})();
