"use strict";
// Writes what was answered into a file. It reads nothing from anywhere and sends nothing.
const form = document.getElementById("form");
const bytes = (count) => Array.from(crypto.getRandomValues(new Uint8Array(count)));
const person = bytes(16).map((each) => each.toString(16).padStart(2, "0")).join("");

// Everybody meets items and candidates in an order of their own.
function shuffle(parent, children) {
  const all = Array.from(children);
  for (let last = all.length - 1; last > 0; last -= 1) {
    const [a, b, c] = bytes(3);
    const other = (a * 65536 + b * 256 + c) % (last + 1);
    [all[last], all[other]] = [all[other], all[last]];
  }
  parent.append(...all);
}
const questions = document.getElementById("questions");
shuffle(questions, questions.children);
for (const candidates of document.querySelectorAll(".candidates")) {
  shuffle(candidates, candidates.children);
  Array.from(candidates.children).forEach((each, at) => {
    each.querySelector(".number").textContent = String(at + 1);
  });
}

function order(section, scope) {
  const groups = new Map();
  let open = 0;
  for (const each of section.querySelectorAll(".candidate")) {
    const place = each.querySelector(`[data-scope="${scope}"]`)?.value;
    if (place) groups.set(Number(place), [...(groups.get(Number(place)) || []), each.dataset.letter]);
    else open += 1;
  }
  if (!groups.size) return null;
  if (open) return section;
  return [...groups.keys()].sort((a, b) => a - b).map((place) => groups.get(place));
}

// Returns an answer, null for none, the section where a place is missing, or BOXES.
const BOXES = "boxes";
function compared(section) {
  const found = {};
  for (const scope of ["personal", "world"]) {
    const groups = order(section, scope);
    if (groups === section) return section;
    if (groups) found[scope] = groups;
  }
  const barred = Array.from(section.querySelectorAll(".candidate"))
    .filter((each) => each.querySelector("[data-unacceptable]")?.checked)
    .map((each) => each.dataset.letter);
  const none = section.querySelector("[data-none]")?.checked;
  if (none && barred.length) return BOXES;
  if (none || barred.length) found.unacceptable = barred;
  const why = section.querySelector("textarea")?.value.trim();
  if (why) found.why = why;
  return Object.keys(found).length ? found : null;
}

function answerOf(section) {
  const kind = section.dataset.kind;
  if (kind === "comparison") return compared(section);
  const chosen = section.querySelector("input:checked");
  if (!chosen || !chosen.value) return null;
  return { [kind]: kind === "rating" ? Number(chosen.value) : chosen.value };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const answers = {};
  const problem = document.getElementById("problem");
  problem.textContent = "";
  for (const section of document.querySelectorAll(".question")) {
    const answer = answerOf(section);
    if (answer === section || answer === BOXES) {
      const places = section.querySelector(".hint");
      problem.textContent = answer === BOXES ? form.dataset.boxes : places.textContent;
      section.scrollIntoView();
      section.querySelector("select, input").focus();
      return;
    }
    if (answer) answers[section.dataset.question] = answer;
  }
  const { survey, digest, language, consent } = form.dataset;
  const said = { format: "charter-survey-answers/1", survey, digest, language, consent, person, answers };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(said)], { type: "application/json" }));
  link.download = `${survey}-${person.slice(0, 8)}.json`;
  link.click();
});
