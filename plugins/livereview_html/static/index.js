// Which reviews are due, by the clock of the reader: the page itself knows none.
document.addEventListener("DOMContentLoaded", () => {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  for (const due of document.querySelectorAll("time[data-due]")) {
    if (due.dateTime >= today) continue;
    const mark = document.createElement("strong");
    mark.className = "overdue";
    mark.textContent = " (overdue by your clock)";
    due.after(mark);
  }
});
