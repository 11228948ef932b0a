// The scheme that the reader chose, before anything is drawn.
try {
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
} catch { /* storage is off: the system's scheme holds */ }
