// The school's time. It keeps UTC+8, wherever the browser is.

export const HOUR = 3600;
export const DAY = 24 * HOUR;
const DAYS = "日一二三四五六";

const two = (number) => String(number).padStart(2, "0");

export function parts(at) {
  const moment = new Date((at + 8 * HOUR) * 1000);
  return {
    year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate(),
    weekday: moment.getUTCDay(), hour: two(moment.getUTCHours()),
    minute: two(moment.getUTCMinutes()), second: two(moment.getUTCSeconds()),
  };
}

export function shownDay(at) {
  const { month, day, weekday } = parts(at);
  return `${month}月${day}日（周${DAYS[weekday]}）`;
}

export function shownTime(at) {
  const { hour, minute } = parts(at);
  return `${hour}:${minute}`;
}

export const shownMoment = (at) => `${shownDay(at)}${shownTime(at)}`;

// As an input of type datetime-local has it.
export function written(at) {
  const { year, month, day, hour, minute } = parts(at);
  return `${year}-${two(month)}-${two(day)}T${hour}:${minute}`;
}

export function startOfDay(at) {
  return at - ((at + 8 * HOUR) % DAY);
}
