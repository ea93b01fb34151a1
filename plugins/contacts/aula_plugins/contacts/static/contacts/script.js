// The button that prints the list: shown by this, since without it nothing would happen.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
