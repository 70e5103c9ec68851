// While many knock, a form asks for a short sum (portal/sums.py): find the number whose key begins as asked.
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function solve(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const start = bytes(nonce);
  const guess = new Uint8Array(start.length + 4);
  guess.set(start);
  const counter = new DataView(guess.buffer);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let number = 0; number < 2 ** 32; number++) {
    counter.setUint32(start.length, number);
    const secret = await crypto.subtle.importKey("raw", guess, "PBKDF2", false, ["deriveBits"]);
    const key = hex(await crypto.subtle.deriveBits(how, secret, keyLength * 8));
    if (key.startsWith(keyPrefix)) return { counter: number, derivedKey: key };
  }
}

async function work(field) {
  const line = field.form.querySelector("[data-sum-said]");
  const challenge = JSON.parse(field.dataset.sum);
  line.textContent = line.dataset.busy;
  const solution = await solve(challenge);
  field.value = btoa(JSON.stringify({ challenge, solution }));
  line.textContent = line.dataset.done;
}

// Without crypto.subtle, which browsers keep for safe connections, the words for a browser without JavaScript stay.
if (crypto.subtle) document.querySelectorAll("input[data-sum]").forEach(work);
