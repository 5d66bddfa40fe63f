/** ECharts, loaded when the first chart is made: the page does not wait for it. */
let library;

/** An empty chart in an element, drawn by `canvas` or `svg`. */
export async function chart(element, renderer) {
  library ??= import('echarts');
  const echarts = await library;
  return echarts.init(element, null, { renderer });
}
