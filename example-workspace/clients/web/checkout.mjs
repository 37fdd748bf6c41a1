// The checkout of the shop, as a web application might have it.

export class Checkout {
  constructor(baseUrl) {
    this.baseUrl = baseUrl.replace(/\/$/, "");
  }

  async state() {
    return (await this.#send("GET", "/checkout")).state;
  }

  async pay(amount) {
    return (await this.#send("POST", "/checkout/payment", { amount })).payment;
  }

  async #send(method, path, body) {
    const headers = body ? { "content-type": "application/json" } : {};
    const answer = await fetch(this.baseUrl + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return answer.json();
  }
}
