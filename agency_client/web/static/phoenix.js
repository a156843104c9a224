// Progressive enhancement: everything works without this.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink } from "./govuk-frontend.js";

for (const part of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink]) {
  createAll(part);
}

// A page of long work follows it.
for (const job of document.querySelectorAll("[data-phoenix-job]")) {
  const look = async () => {
    const answer = await fetch(job.dataset.phoenixJob, { redirect: "error" }).catch(() => null);
    if (!answer || !answer.ok) {
      return;
    }
    const { state, percent } = await answer.json();
    if (state !== "running") {
      location.reload();
      return;
    }
    const shown = job.querySelector("[data-phoenix-percent]");
    if (shown && percent !== null) {
      shown.textContent = percent;
      job.querySelector("progress").value = percent;
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// A page of a draft is saved while it is typed. Without scripts its button saves it.
for (const form of document.querySelectorAll("form[data-phoenix-autosave]")) {
  let waiting = null;
  const save = async () => {
    const typed = new URLSearchParams(new FormData(form));
    typed.set("autosave", "yes");
    await fetch(form.action, { method: "POST", body: typed, redirect: "error" }).catch(() => null);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 800);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
