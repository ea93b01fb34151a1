// "today 14.30" must not stay "today" when a page is left open over midnight. Says the same as
// aula_platform/web/times.py.
import { language } from "./page.js";

const ZONE = "Europe/Copenhagen";
const MINUTE = 60_000;
const WEEK = 7;
const format = (locale, options) => new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options });
const dayNumber = format("en-CA", {});
const clock = format(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = format(language, { weekday: "short" });
const date = format(language, { day: "numeric", month: "short" });
const near = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function daysFromNow(when) {
  const midnight = (instant) => Date.parse(dayNumber.format(instant));
  return Math.round((midnight(when) - midnight(new Date())) / 86_400_000);
}

function words(when, days) {
  if (Math.abs(days) <= 1) return `${near.format(days, "day")} ${clock.format(when)}`;
  if (Math.abs(days) < WEEK) return `${weekday.format(when)} ${clock.format(when)}`;
  return date.format(when);
}

// The server's words stand until the day has changed since they were written.
const written = new WeakMap();

function refresh() {
  for (const tag of document.querySelectorAll("time[data-words]")) {
    const when = new Date(tag.dateTime);
    if (Number.isNaN(when.valueOf())) continue;
    const days = daysFromNow(when);
    if (!written.has(tag)) written.set(tag, days);
    if (written.get(tag) === days) continue;
    written.set(tag, days);
    tag.textContent = words(when, days);
  }
}

refresh();
setInterval(refresh, MINUTE);
document.addEventListener("visibilitychange", refresh);
document.addEventListener("htmx:after:swap", refresh);
