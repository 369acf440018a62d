// The page around textual-serve's terminal: the address of the connection, the bell, and the end.
"use strict";

const ENDED = 4000;
const TOO_MANY = 4001;
const BROKE = 4002;
const TITLE = document.title;
const ESC = 0x1b;
const BEL = 0x07;

const terminal = document.getElementById("terminal");
terminal.dataset.sessionWebsocketUrl = `${location.origin.replace(/^http/, "ws")}/ws`;

function tellEnd(event) {
  const words = {
    [ENDED]: "ftlab has ended.",
    [TOO_MANY]: `Not started: ${event.reason}. Close one of them first.`,
    [BROKE]: "ftlab could not go on. Where `ftlab web` runs is said why.",
  };
  document.getElementById("why").textContent =
    words[event.code] || "The connection is lost. Does `ftlab web` still run?";
  document.getElementById("ended").hidden = false;
  document.getElementById("starting").hidden = true;
  document.getElementById("again").focus();
}

let sound = null;

function ring() {
  if (!document.hasFocus()) {
    document.title = `(!) ${TITLE}`;
  }
  sound = sound || new AudioContext();
  if (sound.state !== "running") {
    return; // Browsers allow no sound before the first key or click.
  }
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  volume.gain.setValueAtTime(0.05, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 0.2);
  tone.connect(volume).connect(sound.destination);
  tone.frequency.value = 660;
  tone.start();
  tone.stop(sound.currentTime + 0.2);
}

// Finds the bell among what the terminal is sent: a BEL that ends no operating system command.
class Bells {
  constructor() {
    this.inCommand = false;
    this.before = 0;
  }

  heard(bytes) {
    let rang = false;
    for (const byte of bytes) {
      if (this.before === ESC && byte === 0x5d) {
        this.inCommand = true;
      } else if (this.before === ESC && byte === 0x5c) {
        this.inCommand = false;
      } else if (byte === BEL) {
        rang = rang || !this.inCommand;
        this.inCommand = false;
      }
      this.before = byte;
    }
    return rang;
  }
}

class WatchedSocket extends WebSocket {
  constructor(...given) {
    super(...given);
    const bells = new Bells();
    this.addEventListener("open", () => {
      document.querySelector(".xterm-helper-textarea")?.focus();
    });
    this.addEventListener("close", tellEnd);
    this.addEventListener("message", (event) => {
      if (event.data instanceof ArrayBuffer && bells.heard(new Uint8Array(event.data))) {
        ring();
      }
    });
  }
}

window.WebSocket = WatchedSocket;
window.addEventListener("focus", () => {
  document.title = TITLE;
});
document.getElementById("again").addEventListener("click", () => location.reload());

// The terminal measures its letters when it begins, so that its font has to be there.
window.addEventListener("load", async () => {
  const waited = new Promise((done) => setTimeout(done, 3000));
  await Promise.race([document.fonts.load('15px "Roboto Mono"').catch(() => {}), waited]);
  const program = document.createElement("script");
  program.src = "/static/js/textual.js";
  program.addEventListener("load", () => {
    window.onload();
  });
  document.head.append(program);
});
