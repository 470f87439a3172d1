{
  const table = document.querySelector("table.site");
  const rows = [...table.tBodies[0].rows];
  const names = ["workload", "size", "timed from", "engine", "version", "machine"];
  const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const columns = names.map((name) => headings.indexOf(name));
  const ratio = headings.indexOf("ratio");
  const place = document.getElementById("filters");
  const text = (row, column) => row.cells[column].textContent.trim();
  const selects = names.map((name, number) => {
    const column = columns[number];
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.add(new Option("all", ""));
    const values = new Map(rows.map((row) => [text(row, column), row.cells[column].dataset.v]));
    const order = (a, b) => (a[1] === undefined ? 0 : a[1] - b[1]) || a[0].localeCompare(b[0], undefined, { numeric: true });
    for (const [value] of [...values].sort(order)) select.add(new Option(value, value));
    label.append(name + " ", select);
    place.append(label, " ");
    return select;
  });
  const count = document.createElement("p");
  count.className = "soft";
  count.setAttribute("role", "status");
  place.append(count);
  const radios = [...document.querySelectorAll("input[name=measure]")];
  const apply = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = selects.some((select, number) => select.value && select.value !== text(row, columns[number]));
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length} rows`;
    const measure = radios.find((radio) => radio.checked).value;
    for (const row of rows) {
      const value = row.cells[ratio].querySelector("." + measure).dataset.v;
      if (value === undefined) delete row.cells[ratio].dataset.v;
      else row.cells[ratio].dataset.v = value;
    }
  };
  const write = () => {
    const state = new URLSearchParams();
    selects.forEach((select, number) => select.value && state.set(names[number], select.value));
    const measure = radios.find((radio) => radio.checked).value;
    if (measure !== "hot") state.set("measure", measure);
    history.replaceState(null, "", "#" + state);
    apply();
  };
  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    selects.forEach((select, number) => {
      select.value = state.get(names[number]) ?? "";
      if (select.selectedIndex < 0) select.value = "";
    });
    for (const radio of radios) radio.checked = radio.value === (state.get("measure") ?? "hot");
    apply();
  };
  place.onchange = write;
  for (const radio of radios) radio.onchange = write;
  addEventListener("hashchange", read);
  read();
}
