// Files of a message: pictures are shown, everything is handed out.
import { $, button, make } from "./dom.js";

export function fileOf(file, onLoad) {
  const address = `/api/files/${encodeURIComponent(file.id)}`;
  return file.shown ? picture(file, address, onLoad) : download(file, address);
}

function picture(file, address, onLoad) {
  const element = button("", () => enlarge(file, address), "picture");
  element.append(image(file, address, onLoad));
  element.setAttribute("aria-label", `放大 ${file.name}`);
  return element;
}

function image(file, address, onLoad) {
  const element = make("img");
  element.addEventListener("load", onLoad);
  element.src = address;
  element.alt = file.name;
  return element;
}

function enlarge(file, address) {
  $("picture-name").textContent = file.name;
  $("picture-here").replaceChildren(image(file, address, () => {}));
  $("picture-save").href = address;
  $("picture-save").download = file.name;
  $("picture").showModal();
}

function download(file, address) {
  const link = make("a", "file");
  const words = make("span", "", file.name);
  const size = file.bytes < 1024 ? `${file.bytes} 字节` : `${Math.ceil(file.bytes / 1024)} KB`;
  const kind = file.name.includes(".") ? file.name.split(".").at(-1).slice(0, 4) : "文件";
  link.href = address;
  link.download = file.name;
  words.append(make("small", "", `${size} · 下载`));
  link.append(make("i", "", kind), words);
  return link;
}
