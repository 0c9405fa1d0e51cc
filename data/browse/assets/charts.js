// Draw each chart from the table below it with the Vega that datasette-dashboards brings along.
// `ast` has Vega interpret its expressions instead of compiling them: the policy of the page forbids eval.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = dark ? "#e7eaee" : "#1b222b";
  const faint = dark ? "#36404b" : "#d5dae1";
  const style = getComputedStyle(document.documentElement);
  const named = (names) => names.map((name) => style.getPropertyValue(`--${name}`).trim());
  const sectors = named(["bank", "police", "passport", "tax", "health", "welfare", "other"]);
  const colours = named(["bank", "tax", "passport", "health", "welfare", "police", "other"]);

  const rowsOf = (table) => {
    const fields = [...table.querySelectorAll("th[data-field]")].map((cell) => cell.dataset.field);
    return [...table.tBodies[0].rows].map((row) =>
      Object.fromEntries([...row.cells].map((cell, at) => [
        fields[at],
        cell.classList.contains("number") ? Number(cell.textContent) : cell.textContent,
      ])));
  };

  for (const place of document.querySelectorAll(".drawn")) {
    const figure = place.closest("figure");
    const library = place.dataset.library;
    const values = rowsOf(figure.querySelector("table"));
    const given = JSON.parse(place.dataset.spec);
    const spec = library === "vega-lite"
      ? { width: "container", data: { values }, ...given }
      : { data: [{ name: "table", values }], ...given };
    spec.config = {
      background: "transparent",
      range: { category: colours },
      view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: faint, domainColor: faint, tickColor: faint, labelFontSize: 12 },
      legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, columns: innerWidth < 640 ? 2 : 7 },
      ...given.config,
    };
    const colour = spec.encoding && spec.encoding.color;
    if (colour && colour.field === "sector" && colour.scale) colour.scale.range = sectors;
    place.hidden = false;
    vegaEmbed(place, spec, { mode: library, ast: true, actions: false, tooltip: false, defaultStyle: false, renderer: "canvas" })
      .then(() => { figure.querySelector("details").open = false; })
      .catch(() => { place.hidden = true; });
  }
})();
