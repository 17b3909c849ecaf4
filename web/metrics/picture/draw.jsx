// Draws `dashboard.json` with Grafana's own components, from a Prometheus that this page may ask. State time lines, which
// Grafana keeps in its server, are drawn here.
import { applyFieldOverrides, createDataFrame, createTheme, dateTime, FieldColorModeId, FieldType, getDisplayValueAlignmentFactors, getFieldDisplayValues, ThemeContext } from "@grafana/data";
import { BarGauge, BigValue, GlobalStyles, PanelChrome, Table, TimeSeries } from "@grafana/ui";
import React from "react";
import { createRoot } from "react-dom/client";
import chart from "uplot/dist/uPlot.min.css";

const WIDTH = 1280;
const ROW = 34;
const GAP = 8;
const theme = createTheme({ colors: { mode: "dark" } });
const { dashboard, prometheus, from, to, step } = window.input;
const range = { from: dateTime(from * 1000), to: dateTime(to * 1000), raw: { from: dateTime(from * 1000), to: dateTime(to * 1000) } };

const withVariables = (text) => text.replace(/\$(target|family|vantage)\b/g, ".*");
const legend = (format, labels) => (format || "").replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? "");

async function ask(target) {
  const query = new URLSearchParams({ query: withVariables(target.expr) });
  const path = target.instant ? "query" : "query_range";
  if (target.instant) query.set("time", to);
  else for (const [name, value] of Object.entries({ start: from, end: to, step })) query.set(name, value);
  const answer = await (await fetch(`${prometheus}/api/v1/${path}?${query}`)).json();
  if (answer.status !== "success") throw new Error(`${target.expr}: ${answer.error}`);
  return answer.data.result.map(({ metric, value, values }) => ({ labels: metric, values: values ?? [value], target }));
}

/** A frame for each series; of a table one for all, with a column for each label. */
function frames(panel, series) {
  if (panel.type === "table") {
    const names = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
    const first = series.map((one) => one.values[0]);
    let columns = [
      { name: "Time", type: FieldType.time, values: first.map(([at]) => at * 1000) },
      ...names.map((name) => ({ name, type: FieldType.string, values: series.map((one) => one.labels[name] ?? "") })),
      { name: "Value", type: FieldType.number, values: first.map(([, value]) => Number(value)) },
    ];
    for (const { id, options } of panel.transformations ?? []) {
      if (id !== "organize") throw new Error(`${panel.title}: the transformation ${id} is not known here`);
      const place = (column) => options.indexByName?.[column.name] ?? columns.length;
      columns = columns.filter((column) => !options.excludeByName?.[column.name]).sort((a, b) => place(a) - place(b));
      columns = columns.map((column) => ({ ...column, name: options.renameByName?.[column.name] || column.name }));
    }
    return [createDataFrame({ fields: columns.map((column) => ({ ...column, config: {} })) })];
  }
  return series.map(({ labels, values, target }) => {
    // What is absent between two scrapes is a gap.
    const at = new Map(values.map(([time, value]) => [time, Number(value)]));
    const times = [...Array(Math.floor((to - from) / step) + 1).keys()].map((n) => from + n * step);
    const name = legend(target.legendFormat, labels);
    return createDataFrame({
      name,
      refId: target.refId,
      fields: [
        { name: "Time", type: FieldType.time, config: {}, values: times.map((time) => time * 1000) },
        { name: "Value", type: FieldType.number, config: { displayNameFromDS: name }, labels, values: times.map((time) => at.get(time) ?? null) },
      ],
    });
  });
}

function StateTimeline({ data, width, height }) {
  const name = Math.round(width * 0.22);
  const row = (height - 6) / Math.max(1, data.length);
  return (
    <svg width={width} height={height} role="img">
      {data.map((frame, index) => {
        const field = frame.fields[1];
        const each = (width - name) / field.values.length;
        const size = Math.min(12, row - 1);
        return (
          <g key={index} transform={`translate(0 ${index * row})`}>
            <text x={name - 8} y={row / 2} textAnchor="end" dominantBaseline="central" fontSize={size} fill={theme.colors.text.secondary}>{field.config.displayNameFromDS}</text>
            {[...field.values].map((value, at) => value === null ? null : <rect key={at} x={name + at * each} width={each + 0.3} y={1} height={Math.max(2, row - 2)} fill={theme.visualization.getColorByName(field.display(value).color)} />)}
          </g>
        );
      })}
    </svg>
  );
}

function Inside({ panel, data, width, height }) {
  const timeZone = "utc";
  if (panel.type === "timeseries") {
    return <TimeSeries frames={data} structureRev={1} timeRange={range} timeZone={timeZone} width={width} height={height} theme={theme} legend={{ showLegend: false, displayMode: "list", placement: "bottom", calcs: [] }} options={{}} replaceVariables={(text) => text} />;
  }
  if (panel.type === "state-timeline") return <StateTimeline {...{ data, width, height }} />;
  if (panel.type === "table") return <Table data={data[0]} width={width} height={height} />;
  const values = getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: { calcs: ["lastNotNull"], values: false }, data, theme, replaceVariables: (text) => text, timeZone });
  if (panel.type === "stat") return <BigValue value={values[0]?.display ?? { text: "No data", numeric: NaN }} width={width} height={height} theme={theme} colorMode="value" graphMode="none" textMode="value" justifyMode="center" />;
  if (panel.type !== "bargauge") throw new Error(`${panel.title}: ${panel.type} is not known here`);
  // The rest is below the edge, where one scrolls.
  const each = 20;
  const alignmentFactors = getDisplayValueAlignmentFactors(values);
  return values.slice(0, Math.floor(height / each)).map((value, index) => <BarGauge key={index} value={value.display} field={value.field} text={{ titleSize: 11, valueSize: 12 }} alignmentFactors={alignmentFactors} display={value.view?.getFieldDisplayProcessor(value.colIndex)} width={width} height={each - 2} theme={theme} orientation="horizontal" displayMode="basic" itemSpacing={2} />);
}

function Panel({ panel, data }) {
  const { x, y, w, h } = panel.gridPos;
  const width = (w * WIDTH) / 24 - GAP;
  const height = h * ROW - GAP;
  return (
    <div style={{ position: "absolute", left: (x * WIDTH) / 24 + GAP / 2, top: y * ROW + GAP / 2 }}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
        {(innerWidth, innerHeight) => <Inside {...{ panel, data, width: innerWidth, height: innerHeight }} />}
      </PanelChrome>
    </div>
  );
}

const panels = await Promise.all(dashboard.panels.map(async (panel) => {
  const series = (await Promise.all(panel.targets.map(ask))).flat();
  const color = { mode: panel.type === "timeseries" ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds };
  const fieldConfig = { defaults: { color, ...panel.fieldConfig.defaults }, overrides: panel.fieldConfig.overrides };
  // As Grafana reads it: no value is less than all.
  const { mode, steps } = panel.fieldConfig.defaults.thresholds ?? { mode: "absolute", steps: [{ value: null, color: "green" }] };
  fieldConfig.defaults.thresholds = { mode, steps: steps.map((step) => ({ ...step, value: step.value ?? -Infinity })) };
  const drawn = { ...panel, fieldConfig };
  const data = frames(panel, series);
  // What applies to all fields is put in by hand: the registry that does it is in Grafana's server.
  for (const field of data.flatMap((frame) => frame.fields).filter((field) => field.type === FieldType.number)) field.config = { ...fieldConfig.defaults, ...field.config };
  return { panel: drawn, data: applyFieldOverrides({ data, fieldConfig, theme, timeZone: "utc", replaceVariables: (text) => text }) };
}));

const bottom = Math.max(...panels.map(({ panel }) => panel.gridPos.y + panel.gridPos.h));
const root = document.getElementById("root");
Object.assign(root.style, { position: "relative", width: `${WIDTH}px`, height: `${bottom * ROW + GAP}px` });
Object.assign(document.body.style, { margin: 0, background: theme.colors.background.canvas, color: theme.colors.text.primary, font: `14px ${theme.typography.fontFamily}` });
document.head.append(Object.assign(document.createElement("style"), { textContent: chart }));
createRoot(root).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    {panels.map(({ panel, data }) => <Panel key={panel.id} {...{ panel, data }} />)}
  </ThemeContext.Provider>,
);
setTimeout(() => { document.title = "drawn"; }, 1_500);
