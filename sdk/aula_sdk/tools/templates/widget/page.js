"use strict";

const TEXTS = {
  da: { hello: (role) => `Det virker. Din rolle: ${role}`, failed: "Indholdet kunne ikke hentes." },
  en: { hello: (role) => `It works. Your role: ${role}`, failed: "The content could not be fetched." },
};
const out = document.getElementById("out");
const aula = AulaWidget.connect({ onContext: show });

async function show({ locale, theme }) {
  document.documentElement.lang = locale;
  document.documentElement.dataset.theme = theme;
  const say = TEXTS[locale] ?? TEXTS.da;
  try {
    const { role } = await aula.getJson("/api/hello");
    out.textContent = say.hello(role ?? "–");
  } catch {
    // Whatever goes wrong, the reader is told: an empty box is not an answer.
    out.textContent = say.failed;
  }
  aula.ready();
}
