// The theme's buttons act at once; the form behind them keeps the choice on the server.
import { post } from "./page.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]")) return;
  const chosen = event.submitter?.value;
  if (!chosen) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const root = document.documentElement;
  if (chosen === "auto") delete root.dataset.theme;
  else root.dataset.theme = chosen;
  for (const button of form.querySelectorAll("button[name='theme']")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  document.dispatchEvent(new CustomEvent("aula:theme", { detail: chosen }));
  await post(form.action, new URLSearchParams(body)).catch(() => undefined);
});
