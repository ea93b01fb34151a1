// The weekly plan of each child the reader may ask about. What cannot be fetched is said to be
// missing; it never looks like an empty week (WID-R7).
"use strict";

const TEXTS = {
  da: {
    title: "Ugeplan",
    week: (number, year) => `Uge ${number}, ${year}`,
    earlier: "Forrige uge",
    later: "Næste uge",
    child: (number) => `Barn ${number}`,
    lessons: (count) => (count === 1 ? "1 punkt" : `${count} punkter`),
    none: "Skolen har ikke planlagt noget denne dag.",
    noPlan: "Skolen har ikke lagt en plan for denne uge endnu.",
    noChildren: "Der er ingen børn at vise en ugeplan for.",
    failed: "Ugeplanen kunne ikke hentes. Ugen er ikke nødvendigvis tom.",
    refused: "Ugeplanen er ikke længere slået til for dig, eller du er logget ud.",
    again: "Prøv igen",
  },
  en: {
    title: "Weekly plan",
    week: (number, year) => `Week ${number}, ${year}`,
    earlier: "Previous week",
    later: "Next week",
    child: (number) => `Child ${number}`,
    lessons: (count) => (count === 1 ? "1 item" : `${count} items`),
    none: "The school has planned nothing for this day.",
    noPlan: "The school has not made a plan for this week yet.",
    noChildren: "There are no children to show a weekly plan for.",
    failed: "The weekly plan could not be fetched. The week may not be empty.",
    refused: "The weekly plan is no longer switched on for you, or you have been logged out.",
    again: "Try again",
  },
};
const DAY_MS = 86_400_000;

let locale = "da";
let monday = mondayOf(new Date());
let turn = 0;

const plans = document.getElementById("plans");
const aula = AulaWidget.connect({ onContext: meet });
document.getElementById("earlier").addEventListener("click", () => move(-7));
document.getElementById("later").addEventListener("click", () => move(7));

/** The context comes first when the page has been shown, and again when the theme changes. */
function meet(context) {
  document.documentElement.dataset.theme = context.theme === "dark" ? "dark" : "light";
  const chosen = context.locale === "en" ? "en" : "da";
  const isNew = turn === 0 || chosen !== locale;
  locale = chosen;
  document.documentElement.lang = locale;
  if (isNew) show();
}

function say() {
  return TEXTS[locale];
}

async function show() {
  const mine = ++turn;
  const { week, number, year } = isoWeek(monday);
  document.title = say().title;
  document.getElementById("heading").textContent = say().title;
  document.getElementById("week").textContent = say().week(number, year);
  label("earlier", "‹", say().earlier);
  label("later", "›", say().later);
  plans.setAttribute("aria-busy", "true");
  const parts = await sections(week);
  if (mine !== turn) return;
  plans.replaceChildren(...parts);
  plans.setAttribute("aria-busy", "false");
  aula.ready();
}

async function sections(week) {
  try {
    const { children } = await aula.getJson("/api/children");
    if (children.length === 0) return [element("p", { class: "none" }, say().noChildren)];
    return await Promise.all(children.map((child, index) => section(child, index, week)));
  } catch (error) {
    return [failure(error)];
  }
}

/** One child's week. A failure for one child leaves the others as they are. */
async function section(child, index, week) {
  const heading = element("h2", {}, child.name ?? say().child(index + 1));
  const box = element("section", {}, heading);
  try {
    const path = `/api/week?child=${encodeURIComponent(child.id)}&week=${week}`;
    const plan = await aula.getJson(path);
    // An answer about another child is no answer (WID-35).
    if (plan.child !== child.id || plan.week !== week) throw new AulaWidget.Refused("mixed-up", 0);
    box.append(...plan.days.map((each) => day(each, plan.language)));
  } catch (error) {
    const isKnown = error.code === "week.no-plan";
    box.append(isKnown ? element("p", { class: "none" }, say().noPlan) : failure(error));
  }
  return box;
}

function day({ date, entries }, language) {
  const name = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const count = element("span", { class: "count" }, ` · ${say().lessons(entries.length)}`);
  const summary = element("summary", {}, name.format(new Date(`${date}T12:00`)), count);
  const details = element("details", date === isoDate(new Date()) ? { open: "" } : {}, summary);
  if (entries.length === 0) {
    details.append(element("p", { class: "none" }, say().none));
    return details;
  }
  const items = entries.map((entry) =>
    element("li", {}, element("time", {}, entry.time), element("span", {}, `${entry.subject}: ${entry.text}`)),
  );
  // What the school wrote keeps its own language, also for a reader of English.
  details.append(element("ul", { lang: language }, ...items));
  return details;
}

function failure(error) {
  const isRefused = error.code === "token.refused" || error.status === 403;
  const again = element("button", { type: "button" }, say().again);
  again.addEventListener("click", show);
  const text = element("p", {}, isRefused ? say().refused : say().failed);
  return element("div", { class: "failure", role: "alert" }, text, again);
}

function move(days) {
  monday = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + days);
  show();
}

function label(id, sign, text) {
  const button = document.getElementById(id);
  button.textContent = sign;
  button.setAttribute("aria-label", text);
  button.title = text;
}

function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

function mondayOf(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - ((date.getDay() + 6) % 7));
}

function isoDate(date) {
  const two = (value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The ISO week of a Monday: its year is that of the week's Thursday. */
function isoWeek(start) {
  const thursday = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 3);
  const first = mondayOf(new Date(thursday.getFullYear(), 0, 4));
  const number = 1 + Math.round((start - first) / DAY_MS / 7);
  const year = thursday.getFullYear();
  return { week: `${year}-W${String(number).padStart(2, "0")}`, number, year };
}
