// The slider over the days of publication: shows each outcome as it stood. Every text and path is in the page's data.
{
  const shown = (card, state, day) => {
    const here = state !== undefined && state.from === day;
    card.classList.toggle("moved", here);
    card.classList.toggle("empty", state === undefined);
    card.querySelector(".replay-now strong").textContent = state ? state.result : "No result yet";
    card.querySelector(".replay-size").textContent = state ? state.size : "";
    const badge = card.querySelector(".badge");
    badge.className = `badge ${state ? state.kind : ""}`;
    badge.textContent = state ? state.verdict : "";
    badge.hidden = !here || !state.verdict;
    card.querySelector(".replay-came").textContent = state ? `${here ? "" : "Since then: "}${here ? state.came : "nothing new"}` : "";
    for (const row of card.querySelectorAll("[data-row]")) {
      const [line, mark] = (state && state.rows[row.dataset.row]) || ["", ""];
      row.setAttribute("class", line || mark ? "in" : "out");
      row.querySelector(".line").setAttribute("d", line);
      row.querySelector(".mark").setAttribute("d", mark);
    }
    return here;
  };

  const replay = (panel, data) => {
    const slider = document.getElementById("versions-day");
    const said = document.getElementById("versions-said");
    const only = document.getElementById("versions-only");
    const [earlier, later] = ["versions-earlier", "versions-later"].map((name) => document.getElementById(name));
    const cards = [...panel.querySelectorAll("[data-outcome]")];
    const last = data.days.length - 1;

    const show = () => {
      const day = Number(slider.value);
      let count = 0;
      cards.forEach((card, number) => {
        const states = data.outcomes[number];
        const state = states.filter((one) => one.from <= day).at(-1);
        const here = shown(card, state, day);
        card.hidden = only.checked && !here;
        count += here ? 1 : 0;
      });
      const words = `${data.days[day]}: ${count} ${count === 1 ? "outcome" : "outcomes"} moved`;
      slider.setAttribute("aria-valuetext", words);
      said.textContent = words;
      earlier.disabled = day === 0;
      later.disabled = day === last;
    };

    const step = (by) => {
      slider.value = String(Number(slider.value) + by);
      show();
      const used = by < 0 ? earlier : later;
      if (used.disabled) (by < 0 ? later : earlier).focus(); // a button that is off holds no focus
    };

    earlier.addEventListener("click", () => step(-1));
    later.addEventListener("click", () => step(1));
    slider.addEventListener("input", show);
    only.addEventListener("change", show);
    slider.value = String(last);
    only.checked = false;
    show();
    panel.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.getElementById("versions-replay");
    const data = document.getElementById("versions-data");
    if (panel && data) replay(panel, JSON.parse(data.textContent));
  });
}
