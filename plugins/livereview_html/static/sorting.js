// Tables that the reader may sort: by a column up, down, and as they were. Numbers as numbers, what is missing last.
{
  const NUMBER = /^[<>≤≥]?\s*([-−–+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)/i;

  const numberIn = (text) => {
    const found = NUMBER.exec(text);
    return found ? Number(found[1].replaceAll(",", "").replace(/^[−–]/, "-")) : null;
  };

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.key ?? cell.textContent.trim();
    const missing = text === "" || /^–(?!\d)/.test(text);
    return { row, text, missing, number: missing ? null : numberIn(text) };
  };

  const sorted = (rows, column, down) => {
    const keys = rows.map((row) => keyOf(row, column));
    const there = keys.filter((key) => !key.missing);
    const numeric = there.every((key) => key.number !== null && !Number.isNaN(key.number));
    const words = new Intl.Collator("en", { numeric: true });
    const compared = (a, b) => (numeric ? a.number - b.number : words.compare(a.text, b.text));
    there.sort((a, b) => (down ? compared(b, a) : compared(a, b)));
    return [...there, ...keys.filter((key) => key.missing)].map((key) => key.row);
  };

  const sortable = (table, said) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    table.inOrder = original; // what belongs together stands together in it, however the table is sorted
    const headers = [...table.tHead.rows[0].cells];
    const name = table.caption ? table.caption.textContent : "";
    headers.forEach((header, column) => {
      if (header.localName !== "th") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const before = header.getAttribute("aria-sort");
        const now = before === null ? "ascending" : before === "ascending" ? "descending" : null;
        for (const other of headers) other.removeAttribute("aria-sort");
        if (now) header.setAttribute("aria-sort", now);
        body.append(...(now ? sorted(original, column, now === "descending") : original));
        said.textContent = now ? `${name}: sorted by ${button.textContent}, ${now}.` : `${name}: in its own order.`;
      });
    });
  };

  // A frame that has nothing to scroll is no stop for the keyboard.
  const frames = () => {
    const watch = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
        if (scrolls) target.tabIndex = 0;
        else target.removeAttribute("tabindex");
      }
    });
    for (const frame of document.querySelectorAll(".scroll")) watch.observe(frame);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const said = document.createElement("p");
    said.className = "unseen";
    said.setAttribute("role", "status");
    document.querySelector("main").append(said);
    for (const table of document.querySelectorAll("table.sortable")) sortable(table, said);
    frames();
  });
}
