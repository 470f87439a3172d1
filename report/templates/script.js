for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      head.parentNode.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => {
        const cell = row.cells[column];
        return cell.dataset.v === undefined ? cell.innerText : Number(cell.dataset.v);
      };
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
        const found = typeof x === "number" ? x - y : x.localeCompare(y, undefined, { numeric: true });
        return up ? found : -found;
      };
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort(order));
    };
  });
}
for (const code of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };
  code.before(button);
}
for (const group of document.querySelectorAll(".programs")) {
  const all = [...group.querySelectorAll(":scope > details")];
  if (all.length < 3) continue;
  const pick = document.createElement("p");
  pick.className = "pick";
  const [left, right] = ["Show", "beside"].map((word) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.add(new Option(word === "Show" ? "all" : "the others", ""));
    for (const one of all) select.add(new Option(one.dataset.engine));
    label.append(word + " ", select, " ");
    pick.append(label);
    return select;
  });
  pick.onchange = () => {
    const chosen = [left.value, right.value];
    const two = chosen.every(Boolean);
    for (const one of all) {
      one.hidden = two && !chosen.includes(one.dataset.engine);
      if (two) one.open = !one.hidden;
    }
    const ordered = [...all].sort((a, b) => two * (chosen.indexOf(a.dataset.engine) - chosen.indexOf(b.dataset.engine)));
    group.append(...ordered);
  };
  group.before(pick);
}
