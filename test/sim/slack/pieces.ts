export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const long = (length: number) => 'x'.repeat(length);
export const many = <T>(count: number, one: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => one(place));
export const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
export const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: plain('Go'), ...more });
export const actions = (...elements: object[]) => ({ type: 'actions', elements });
export const option = (more: object = {}) => ({ text: plain('One'), value: '1', ...more });
export const select = (more: object) => ({ type: 'static_select', action_id: 'a', ...more });
export const input = (element: object, more: object = {}) => ({
  type: 'input',
  label: plain('Why'),
  element,
  ...more,
});
export const typed = (more: object = {}) => ({ type: 'plain_text_input', action_id: 'a', ...more });
export const confirm = (more: object = {}) => ({
  title: plain('Sure?'),
  text: plain('Really?'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...more,
});
export const series = (data: object[]) => ({
  type: 'data_visualization',
  title: 'Stuck',
  chart: { type: 'line', series: [{ name: 'orders', data }], axis_config: { categories: ['1', '2'] } },
});
export const points = [
  { label: '1', value: 1 },
  { label: '2', value: -2 },
];
export const cell = (text: string) => ({ type: 'raw_text', text });
