// Full-text search, by Pagefind's index beside this page. Results are written as text.
const base = new URL("../pagefind/", import.meta.url);
const form = document.getElementById("search");
const field = document.getElementById("q");
const list = document.getElementById("results");
const count = document.getElementById("count");
const MOST = 30;
let engine;
let asked = 0;

async function start() {
  if (!engine) {
    engine = await import(new URL("pagefind.js", base));
    await engine.options({ excerptLength: 32 });
  }
  return engine;
}

function excerpt(into, text) {
  // Pagefind marks what it found with <mark>; all else is words
  const parts = text.split(/<\/?mark>/);
  parts.forEach((part, at) => {
    const decoded = part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    if (at % 2) {
      const mark = document.createElement("mark");
      mark.textContent = decoded;
      into.append(mark);
    } else into.append(decoded);
  });
}

// Pagefind cuts letters off a word that it has nothing for, down to one: that is no answer
const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const alike = (one, other) => {
  const enough = Math.min(3, one.length);
  return bare(one).slice(0, enough) === bare(other).slice(0, enough);
};
function answers(words, data) {
  const asked = words.match(/[\p{L}\p{N}]+/gu) ?? [];
  const marked = [...data.excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].flatMap((each) => each[1].match(/[\p{L}\p{N}]+/gu) ?? []);
  if (!marked.length || !asked.every((each) => /^[\p{Script=Latin}\p{N}\p{M}]+$/u.test(each))) return true;
  return asked.some((one) => marked.some((other) => alike(one, other)));
}

function shown(data) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = new URL(".." + data.raw_url, import.meta.url);
  link.textContent = data.meta.title;
  link.dir = "auto";
  item.append(link);
  if (data.meta.level) {
    const level = document.createElement("span");
    const known = ["root", "system", "developer", "user", "guideline"].includes(data.meta.level);
    level.className = "level level-" + (known ? data.meta.level : "other");
    level.textContent = data.meta.level;
    item.append(" ", level);
  }
  const words = document.createElement("p");
  words.dir = "auto";
  excerpt(words, data.excerpt);
  item.append(words);
  return item;
}

async function search(words) {
  const mine = ++asked;
  if (!words.trim()) {
    list.replaceChildren();
    count.textContent = "";
    return;
  }
  try {
    const found = (await (await start()).search(words)).results;
    const data = (await Promise.all(found.slice(0, MOST).map((each) => each.data()))).filter((each) => answers(words, each));
    if (mine !== asked) return;
    list.replaceChildren(...data.map(shown));
    const number = found.length > MOST ? found.length : data.length;
    if (!data.length) count.textContent = "Nothing was found. Fewer or other words may find more.";
    else if (number > MOST) count.textContent = `${number} places, of which these ${data.length} fit best`;
    else count.textContent = number === 1 ? "1 place" : `${number} places`;
  } catch {
    count.textContent = "The index cannot be read here. Open the site through a web server to search it.";
  }
}

field.value = new URL(location).searchParams.get("q") ?? "";
// The words are kept in the address, so that they can be sent on and are there on the way back
function keep() {
  const here = new URL(location);
  if (field.value) here.searchParams.set("q", field.value);
  else here.searchParams.delete("q");
  history.replaceState(null, "", here);
}
let timer;
field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => { keep(); search(field.value); }, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
  search(field.value);
});
if (!field.value && matchMedia("(hover: hover)").matches) field.focus();
search(field.value);
