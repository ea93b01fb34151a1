// htmx: the CSRF header on each request of ours, and what to say when the network fails.
import { csrfHeader, say } from "./page.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  const [name, value] = csrfHeader();
  if (value && request.method.toUpperCase() !== "GET") request.headers[name] = value;
  // What pages fetch by themselves is no sign that anybody is there.
  if (event.detail.ctx.sourceEvent?.type === "aula:live") request.headers["x-aula-background"] = "1";
});

document.addEventListener("htmx:error", () => {
  if (navigator.onLine) return;
  toast(
    say(
      "Der er ingen forbindelse. Det, du skrev, er stadig her. Prøv igen om lidt.",
      "There is no connection. What you wrote is still here. Try again in a moment.",
    ),
  );
});
