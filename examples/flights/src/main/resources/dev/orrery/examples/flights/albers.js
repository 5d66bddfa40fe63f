/**
 * Albers' equal-area projection of the United States, on a sphere of radius one, with Alaska, Hawaii and the islands of the
 * Caribbean as insets along the foot. (J. P. Snyder, Map Projections: A Working Manual, section 14.)
 */
const radians = degrees => degrees * Math.PI / 180;

function albers(first, second, [centreLongitude, centreLatitude]) {
  const n = (Math.sin(radians(first)) + Math.sin(radians(second))) / 2;
  const c = Math.cos(radians(first)) ** 2 + 2 * n * Math.sin(radians(first));
  const rho = latitude => Math.sqrt(c - 2 * n * Math.sin(radians(latitude))) / n;
  const centre = rho(centreLatitude);
  return (longitude, latitude) => {
    const theta = n * radians(longitude - centreLongitude);
    const radius = rho(latitude);
    return [radius * Math.sin(theta), centre - radius * Math.cos(theta)];
  };
}

const mainland = albers(29.5, 45.5, [-96, 37.5]);

function inset(project, scale, [x, y]) {
  return (longitude, latitude) => {
    const [east, north] = project(longitude, latitude);
    return [x + scale * east, y + scale * north];
  };
}

const INSETS = {
  AK: inset(albers(55, 65, [-154, 61]), 0.34, [-0.298, -0.235]),
  HI: inset(albers(8, 18, [-157, 20.6]), 1, [-0.105, -0.261]),
  PR: inset(albers(8, 18, [-66, 18.2]), 1.3, [0.317, -0.2585]),
  VI: inset(albers(8, 18, [-66, 18.2]), 1.3, [0.317, -0.2585]),
};

/** What the map shows, in the projection's units: wide enough for the insets and the labels. */
export const EXTENT = { x: 0.0095, y: -0.0178, width: 0.808, height: 0.52 };

/** Where an airport of a state is on the map, or null when it is on none of its parts. */
export function place(state, longitude, latitude) {
  const part = INSETS[state];
  if (part) {
    const [x, y] = part(longitude, latitude);
    return Math.abs(x - EXTENT.x) < EXTENT.width / 2 && Math.abs(y - EXTENT.y) < EXTENT.height / 2 + 0.02 ? [x, y] : null;
  }
  return longitude > -125.5 && longitude < -66 && latitude > 24 && latitude < 50 ? mainland(longitude, latitude) : null;
}

/** The grid of parallels every 5° and meridians every 10°, as one path with north up. */
export function graticule() {
  const line = points => points.map(([x, y], index) => `${index ? 'L' : 'M'}${x.toFixed(4)} ${(-y).toFixed(4)}`).join('');
  const range = (from, to, by) => Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
  return [
    ...range(20, 50, 5).map(latitude => line(range(-140, -52, 2).map(longitude => mainland(longitude, latitude)))),
    ...range(-140, -50, 10).map(longitude => line(range(20, 50, 2).map(latitude => mainland(longitude, latitude)))),
  ].join('');
}
