// Short messages at the edge of the page, read aloud by the status region they are put in.

/** Show `text`; the same text is not shown twice at once. */
export function toast(text) {
  const region = document.getElementById("toasts");
  if (!region || [...region.children].some((child) => child.textContent.trim() === text)) return;
  const box = document.createElement("div");
  box.className = "toast toast--info";
  const words = document.createElement("p");
  words.className = "toast__text";
  words.textContent = text;
  box.append(words);
  region.append(box);
}

const SECONDS = 8;

// A toast with something to press stays; the others leave by themselves.
function leaveLater(box) {
  if (box.querySelector("form, a, button")) return;
  setTimeout(() => box.remove(), SECONDS * 1000);
}

const region = document.getElementById("toasts");
if (region) {
  [...region.children].forEach(leaveLater);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node instanceof HTMLElement) leaveLater(node);
    }
  }).observe(region, { childList: true });
}
