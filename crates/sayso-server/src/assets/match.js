// The page that looks for a picture: hashes it here, sends the hash, and shows what the server answers.
//
// It stands behind pdq.js in one file. Without it the form still works, and then says that it sends the picture.

const form = document.getElementById("bring");
const input = document.getElementById("picture");
const drop = document.getElementById("drop");
const said = document.getElementById("said");

// More pixels than a canvas of any browser takes for certain.
const MOST_PIXELS = 64_000_000;

/** The picture's pixels, upright and on white, as the server would have them. */
async function pixelsOf(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
    try {
        const { width, height } = bitmap;
        if (width * height > MOST_PIXELS) throw new RangeError("it has more than 64 million pixels");
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
        context.fillStyle = "#fff";
        context.fillRect(0, 0, width, height);
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, width, height);
    } finally {
        bitmap.close();
    }
}

function say(text, isProblem = false) {
    said.textContent = text;
    said.classList.toggle("problem", isProblem);
}

function preview(file) {
    const picture = document.getElementById("own");
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(file);
    picture.hidden = false;
}

/** Puts the server's answer into this page, so that the picture stays at hand for a deeper search. */
async function show(response) {
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = answer.getElementById("found") ?? answer.querySelector("main");
    document.getElementById("found").replaceChildren(...found.childNodes);
    document.title = answer.title;
    document.getElementById("found").querySelector("h2")?.scrollIntoView({ block: "nearest" });
}

async function look(file) {
    if (!file) return;
    say("Hashing the picture here …");
    try {
        preview(file);
        const hashed = pdq(await pixelsOf(file));
        if (!hashed) return say("The picture is too small: it has fewer than 5 pixels on a side.", true);
        const address = `/match?quality=${hashed.quality}&pdq=${hashed.hashes.join(",")}`;
        say("Asking with the hash …");
        const response = await fetch(address, { headers: { accept: "text/html" }, credentials: "omit" });
        await show(response);
        history.replaceState(null, "", address);
        say("Asked with the hash. The picture did not leave this device.");
    } catch (error) {
        const why = error instanceof RangeError ? error.message : "your browser cannot open it as a picture";
        say(`Not asked: ${why}.`, true);
    }
}

async function send(event) {
    event.preventDefault();
    if (input.files.length === 0) return say("Choose a picture first.", true);
    say("Sending the picture …");
    try {
        const body = new FormData(form);
        const response = await fetch(form.action, { method: "POST", body, credentials: "omit" });
        await show(response);
        say(response.ok ? "Compared with the picture itself, which the server has forgotten." : "The server did not take it.", !response.ok);
    } catch {
        say("The server cannot be reached.", true);
    }
}

function choose(files) {
    if (files.length === 0) return;
    const chosen = new DataTransfer();
    chosen.items.add(files[0]);
    input.files = chosen.files;
    look(files[0]);
}

input.addEventListener("change", () => look(input.files[0]));
form.addEventListener("submit", send);
for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
    });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    choose(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => choose(event.clipboardData?.files ?? []));
document.documentElement.classList.add("scripted");
